"""The append-only trail, and the one write path that feeds it."""
