"""A review's plan as a spreadsheet that can be taken in again."""
