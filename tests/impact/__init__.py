"""Tests of what difference recommendations made."""
