"""What a plan says of the past of its actions, read as a person confirms it."""
