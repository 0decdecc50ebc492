"""Child death reviews: what a panel decides, how it is counted, and what may be published."""
