"""Tests of what was shared of a review's learning."""
