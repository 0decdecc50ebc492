"""How far members agree."""
