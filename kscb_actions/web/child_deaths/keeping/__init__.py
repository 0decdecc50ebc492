"""Pages with which the co-ordinator keeps the record right: cases in error, who was there."""
