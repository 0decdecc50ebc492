"""What stands in feeds: rooms give what somebody has to do by which day, or where they have to be."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from kscb_actions.access.policy import Viewer

from .rules import Entry

Provider = Callable[[Viewer, date], Iterable[Entry]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Have in every feed what `provider` gives, for a person and today, of what they may know of."""
    if provider not in _providers:
        _providers.append(provider)


def entries_of(viewer: Viewer, today: date) -> Iterator[Entry]:
    """Yield what a person's feed has, by day."""
    found = (entry for provider in _providers for entry in provider(viewer, today))
    yield from sorted(found, key=lambda entry: (entry.on, entry.key))
