"""One table protected by itself."""

from collections.abc import Iterable, Sequence

from kscb_actions.figures.disclosure.publish import publish_all
from kscb_actions.figures.disclosure.suppression import KnownFigure
from kscb_actions.figures.disclosure.tables import CountTable


def publish(
    shown: CountTable,
    known: Sequence[tuple[CountTable, CountTable]] = (),
    known_figures: Iterable[KnownFigure] = (),
) -> CountTable:
    """Return this table alone with its small counts protected. See publish_all."""
    return publish_all([shown], known, known_figures)[0]
