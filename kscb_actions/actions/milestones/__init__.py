"""Milestones: the steps of an action, each with its date."""
