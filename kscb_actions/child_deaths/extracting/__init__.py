"""Cases as a file of a documented layout, for staff who pass them on."""
