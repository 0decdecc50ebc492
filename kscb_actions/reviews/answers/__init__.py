"""Agencies answer recommendations themselves, by a date; the Board looks at what is not accepted."""
