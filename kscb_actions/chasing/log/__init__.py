"""The log of reminders: of what each person was reminded, on which rung, and what became of the message."""
