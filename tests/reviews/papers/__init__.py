"""Tests of the papers that a review keeps of its own."""
