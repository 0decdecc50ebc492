"""A submission's files as those permitted open them: all as one ZIP, and to read in the page."""
