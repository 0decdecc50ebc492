"""What members of the panel are told: news of their meetings, and reminders of what they owe."""
