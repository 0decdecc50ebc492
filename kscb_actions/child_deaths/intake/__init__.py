"""Taking in cases that were reviewed before."""
