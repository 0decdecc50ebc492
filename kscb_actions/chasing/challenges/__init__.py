"""The reminders of challenges that wait for an agency's answer."""
