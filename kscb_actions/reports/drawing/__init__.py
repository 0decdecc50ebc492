"""Long papers as files: drawn by the jobs while somebody sees how far it is."""
