"""How long the proofs by chance and by repetition go on: short in the usual run, long with KSCB_LONG=1."""

import os

LONG = os.environ.get("KSCB_LONG") == "1"
# How many more examples a long run looks at.
TIMES = 10


def amount(usual: int, long: int | None = None) -> int:
    """Return how many to look at: `usual`, in a long run `long` (ten times as many where nothing is said)."""
    return usual if not LONG else usual * TIMES if long is None else long
