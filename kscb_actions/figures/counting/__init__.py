"""Counts of child deaths, and the tables made of them."""
