"""Names that plans have for agencies and groups, as the board's manager keeps them."""
