"""One table made fit to publish by itself."""

from collections.abc import Iterable, Sequence

from kscb_actions.figures.disclosure.protect import Stated
from kscb_actions.figures.disclosure.publish import publish_all
from kscb_actions.figures.disclosure.tables import CountTable


def publish(
    shown: CountTable, known: Sequence[tuple[CountTable, CountTable]] = (), stated: Iterable[Stated] = ()
) -> CountTable:
    """Return this table alone, fit to publish. See publish_all."""
    return publish_all([shown], known, stated)[0]
