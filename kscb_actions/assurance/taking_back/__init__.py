"""The Board takes back what it decided or asked by mistake."""
