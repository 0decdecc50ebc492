"""The child deaths of the demonstration board."""
