"""A single progress update, request for more time or change of a due date that was recorded in error."""
