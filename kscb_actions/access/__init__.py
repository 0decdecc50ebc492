"""Who may see and do what: the policy (pure) and the guard that denies by default."""
