"""The ladders of reminders: which rung is reached when, who is told on it and in what words; and pauses."""
