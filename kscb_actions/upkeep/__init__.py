"""Keeping the plan in order: actions that change agency, many changed at once, what needs an owner."""
