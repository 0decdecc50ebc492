"""Each person's own due dates as a feed for their calendar, at an address that only they know."""
