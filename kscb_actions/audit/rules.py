"""Pure rules of the trail: what a change is, and how the hash chain is built and verified."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from json import JSONEncoder
from json.encoder import encode_basestring
from typing import Any

GENESIS = "0" * 64
# Neither these names nor `canonical` can change: every hash of every board was made with them.
CHAINED = (
    "at",
    "actor_id",
    "actor_name",
    "event",
    "room",
    "kind",
    "object_id",
    "review_id",
    "action_id",
    "changes",
    "state",
    "detail",
)

# The rooms whose events the trail's page tells of, to those who may read it.
VISIBLE_ROOMS = (
    "actions",
    "assurance",
    "chasing",
    "jobs",
    "mail",
    "meetings",
    "people",
    "reports",
    "reviews",
    "settings",
)
# What happens in these is about children who died. It is told on the case's own pages, to those who may see
# the case; in the trail it would show one member's proposal to another, and a case to whom it was closed.
DEATH_ROOMS = ("child_deaths", "figures")
ROOMS = (*VISIBLE_ROOMS, *DEATH_ROOMS)
# What rooms were called in events that were written under another name. The room is inside the hash chain:
# those events keep the old name for ever, and a reader asks for both.
FORMER_NAMES = {"deaths": "child_deaths", "panels": "child_deaths"}


def names_of_rooms(*rooms: str) -> tuple[str, ...]:
    """Return the names under which events of these rooms stand in the trail, those of today first."""
    return (*rooms, *(former for former, today in FORMER_NAMES.items() if today in rooms))


def name_of_today(room: str) -> str:
    """Return what a room is called today, given any name it has had."""
    return FORMER_NAMES.get(room, room)


def canonical(value: Any) -> str:
    """Return JSON that is the same for the same value everywhere. Dates and instants are ISO text."""
    return _encoded(value)


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_CHAINED_IN_ORDER = tuple(sorted(CHAINED))
# What json.dumps would make anew for each value, which takes longer than to encode it.
_encoded = JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_text, check_circular=False
).encode
# How `canonical` writes what most values are, without a call of it for each: a save of many has millions.
_PLAINLY: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: str,
    datetime: lambda instant: f'"{instant.isoformat()}"',
    type(None): lambda _: "null",
}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return {field: [old, new]} for each field that is not the same in both."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


def chain_hash(previous: str, fields: Mapping[str, Any]) -> str:
    """Return SHA-256 (hex) over the previous hash and the event's own fields."""
    return _hash(previous, _OWN, _texts(map(fields.__getitem__, _CHAINED_IN_ORDER)))


def chain_hashes(
    previous: str, same: Mapping[str, Any], events: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """Yield the `chain_hash` of each of these events, in their order; `same`: the fields all have alike.

    These are written once for all.
    """
    own, names = _own(same), [name for name in _CHAINED_IN_ORDER if name not in same]
    for fields in events:
        previous = _hash(previous, own, _texts(map(fields.__getitem__, names)))
        yield previous


def _own(same: Mapping[str, Any]) -> str:
    """Return what is hashed, with a place for the hash before and for each field that not all have alike."""
    texts = dict(zip(same, _texts(same.values()), strict=True))
    places = (texts[name].replace("%", "%%") if name in texts else "%s" for name in _CHAINED_IN_ORDER)
    own = ",".join(f'"{name}":{text}' for name, text in zip(_CHAINED_IN_ORDER, places, strict=True))
    return f"%s\n{{{own}}}"


def _texts(values: Iterable[Any]) -> list[str]:
    return [_PLAINLY.get(type(each), canonical)(each) for each in values]


def _hash(previous: str, own: str, texts: Iterable[str]) -> str:
    return hashlib.sha256((own % (previous, *texts)).encode()).hexdigest()


_OWN = _own({})


def first_break(events: Iterable[Mapping[str, Any]]) -> int | None:
    """Return the id of the first event, in id order, whose chain does not hold; None when all hold."""
    previous = GENESIS
    for event in events:
        if event["previous_hash"] != previous or event["hash"] != chain_hash(previous, event):
            return int(event["id"])
        previous = event["hash"]
    return None
