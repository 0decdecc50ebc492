"""Dates that were typed wrongly, put right."""
