"""Files that a review keeps of its own, such as the plan that was taken in."""
