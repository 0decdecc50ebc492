"""What agencies are asked to return on a death."""
