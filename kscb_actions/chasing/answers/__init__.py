"""The reminders of recommendations that wait for an agency's answer."""
