"""Meetings of the Board and its subgroups: bodies, who sits on them, and the days of their meetings."""
