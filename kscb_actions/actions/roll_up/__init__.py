"""The state of a recommendation, by its actions, and whether a review's plan can be signed off."""
