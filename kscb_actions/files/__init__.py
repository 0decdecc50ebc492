"""Files that people attach: what each one is, whether it may be kept, and where it is kept."""
