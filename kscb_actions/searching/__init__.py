"""What texts are found by."""
