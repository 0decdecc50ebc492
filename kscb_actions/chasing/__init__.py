"""What fell due for whom, and the digest that tells them."""
