"""Reviews, their recommendations, and the agencies' answers."""
