"""Pictures in mail: a lead's week, and a month in numbers. Each number is that of the list it leads to."""
