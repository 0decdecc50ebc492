"""Tests of what a page shows of a file."""
