"""Papers frozen for a meeting at its closing date, and what has come in since."""
