"""The board's own settings: its name and colour, the thresholds of rating."""
