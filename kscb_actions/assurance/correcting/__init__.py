"""Dates that were typed wrongly, put right: no extension, and no history of the action."""
