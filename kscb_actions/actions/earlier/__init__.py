"""What happened to actions before the board used this product, and what the Board examines again."""
