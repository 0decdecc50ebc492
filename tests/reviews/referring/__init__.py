"""Tests of cases that agencies refer to the SCR subgroup."""
