"""Evidence and what the Board makes of it: files, submissions, decisions."""
