"""Tests of what changed between two days."""
