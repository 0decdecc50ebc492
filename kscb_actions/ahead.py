"""What a machine's clock that was ahead leaves behind: instants further ahead than their own length.

A pure rule of plain values, for whatever is kept with an instant: nothing true can bear a later one than
`furthest` of now, so what does is void as soon as the clock is right again.
"""

from datetime import datetime, timedelta

# The clocks of several machines on one database differ a little.
TOLERANCE = timedelta(minutes=1)


def furthest(now: datetime, length: timedelta = timedelta()) -> datetime:
    """Return the latest instant that something set by a right clock, to last `length`, can bear by now."""
    return now + length + TOLERANCE
