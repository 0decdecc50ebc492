"""Tests of reviews released for publication."""
