"""The reminders of cases that agencies referred and the SCR subgroup has not answered."""
