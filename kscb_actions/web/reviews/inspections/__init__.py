"""Pages of what an inspection found."""
