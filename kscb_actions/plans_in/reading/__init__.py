"""Files of several kinds as one plain structure: tables of cells."""
