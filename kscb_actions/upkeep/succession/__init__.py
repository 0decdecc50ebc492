"""An agency closes, and its open actions move to the agency that follows it."""
