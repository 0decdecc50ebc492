"""Carrying a plan forward: what is left of an earlier one goes on in a new one, with links both ways."""
