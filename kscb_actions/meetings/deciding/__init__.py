"""What a meeting decides, who does it by when, and what became of it; and the minutes."""
