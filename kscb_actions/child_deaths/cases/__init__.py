"""Cases of children who died."""
