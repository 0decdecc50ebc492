"""Tests of the log of reminders, and of reminding now."""
