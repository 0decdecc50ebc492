"""What a subgroup reads: the first page of a progress report, and the exceptions by agency."""
