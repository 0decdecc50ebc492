"""Measures of what is to be different, and their readings."""
