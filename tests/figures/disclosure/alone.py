"""Tables protected by themselves, and documents without the tables that are in the way."""

from collections.abc import Sequence

from kscb_actions.figures.disclosure.refused import CannotPublish
from kscb_actions.figures.disclosure.solver import publish as publish_named
from kscb_actions.figures.disclosure.tables import CountTable, Published


def publish(shown: CountTable, known: Sequence[Published] = ()) -> CountTable:
    """Return this table alone with its small counts protected."""
    return publish_named({"alone": shown}, known)["alone"]


def publish_all(
    tables: Sequence[CountTable], known: Sequence[Published] = ()
) -> tuple[set[int], dict[int, CountTable]]:
    """Return the places of the tables that are left out, and the others as they are printed."""
    named = dict(enumerate(tables))
    try:
        return set(), publish_named(named, known)
    except CannotPublish as found:
        left_out = {int(str(place)) for place in found.tables}
        # The way out is told all at once: it is enough.
        return left_out, publish_named({n: table for n, table in named.items() if n not in left_out}, known)
