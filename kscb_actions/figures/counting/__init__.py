"""Counting child deaths into tables."""
