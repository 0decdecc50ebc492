"""The appendices of a progress report, and the sections that only an appendix has."""
