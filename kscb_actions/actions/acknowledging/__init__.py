"""Acknowledging: whoever is reminded of an action says by when it is done, and reminders wait until then."""
