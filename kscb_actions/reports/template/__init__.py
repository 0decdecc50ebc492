"""The board's own template, which every paper wears: checked, kept in versions, one of them in use."""
