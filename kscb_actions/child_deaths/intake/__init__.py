"""Import of cases that were reviewed before this product was used."""
