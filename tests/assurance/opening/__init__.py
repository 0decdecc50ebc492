"""Tests of opening a submission’s files."""
