"""Tests of the days that a machine's clock has shown."""
