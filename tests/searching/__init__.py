"""Searching: what is found by which spelling."""
