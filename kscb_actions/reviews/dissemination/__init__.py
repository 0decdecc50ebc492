"""What was shared of a review's learning: with whom, when and how."""
