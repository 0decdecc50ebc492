"""Tests of chasing: the ladders."""
