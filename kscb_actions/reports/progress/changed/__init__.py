"""What changed between two days: one rule, for the pages and papers that tell of it."""
