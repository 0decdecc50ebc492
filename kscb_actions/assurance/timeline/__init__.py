"""The timeline of an action: what the audit trail holds of it, in words."""
