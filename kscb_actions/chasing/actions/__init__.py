"""The reminders of actions: which are open, who is asked, what the digest says."""
