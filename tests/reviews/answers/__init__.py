"""Tests of agencies' answers to recommendations."""
