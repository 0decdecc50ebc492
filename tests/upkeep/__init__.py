"""Keeping the plan in order."""
