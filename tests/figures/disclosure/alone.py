"""Tables protected by themselves."""

from collections.abc import Sequence

from kscb_actions.figures.disclosure.publish import publish as publish_all
from kscb_actions.figures.disclosure.tables import CountTable

__all__ = ["publish", "publish_all"]


def publish(shown: CountTable, known: Sequence[tuple[CountTable, CountTable]] = ()) -> CountTable:
    """Return this table alone with its small counts protected."""
    _, (paper,) = publish_all([shown], known)
    return paper
