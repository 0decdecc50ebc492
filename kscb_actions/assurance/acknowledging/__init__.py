"""Acknowledging what an agency is to answer: a challenge, or a recommendation; reminders wait until then."""
