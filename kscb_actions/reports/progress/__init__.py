"""The progress report: what was recommended, what was done, what is late."""
