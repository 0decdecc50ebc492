"""Cases of living children that agencies refer to the SCR subgroup, and what it answers."""
