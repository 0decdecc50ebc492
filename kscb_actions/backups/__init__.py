"""One file that holds the whole board at one moment, and the way back from it."""
