"""Joint owners: the agencies that own an action with the one that leads."""
