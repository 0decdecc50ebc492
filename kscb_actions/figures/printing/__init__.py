"""Tables of child deaths as blocks of a report and as CSV files."""
