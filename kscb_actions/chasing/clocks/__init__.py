"""The reminders of statutory dates that reviews have not met."""
