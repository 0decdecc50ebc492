"""What the Board decided or asked by mistake."""
