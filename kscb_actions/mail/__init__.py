"""The outbox, and delivery from it."""
