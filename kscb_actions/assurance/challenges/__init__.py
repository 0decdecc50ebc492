"""Dated questions from the Board to an agency: raised, answered, taken a level higher, closed."""
