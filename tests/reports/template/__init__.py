"""The board's own template."""
