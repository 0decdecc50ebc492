"""Releasing a review for publication by a recorded decision, and withdrawing the release."""
