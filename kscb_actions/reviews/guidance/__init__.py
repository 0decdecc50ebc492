"""The guidance that a review goes by: its kinds, its stages, and the clocks that run from one to another."""
