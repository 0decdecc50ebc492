"""Absences: who is away for some weeks, and who stands in meanwhile."""
