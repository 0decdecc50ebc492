"""A feed as a calendar reads it: iCalendar (RFC 5545), the same text for the same entries."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

from .rules import Entry

# How often a calendar that asks of itself should ask again.
ASK_AGAIN = timedelta(hours=6)


def calendar_text(name: str, entries: Iterable[Entry], base_url: str) -> bytes:
    """Return the feed called `name`; `base_url` is the product's address, without a final slash."""
    # Loaded when a calendar asks: whoever shows a page does without it.
    import icalendar

    host = urlsplit(base_url).hostname or "localhost"
    feed = icalendar.Calendar()
    feed.add("prodid", "-//Review and action tracker//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", name)
    feed.add("refresh-interval", ASK_AGAIN, parameters={"value": "DURATION"})
    for entry in entries:
        day = icalendar.Event()
        day.add("uid", f"{entry.key}@{host}")
        # No instant of its own, or the text would change with every asking.
        day.add("dtstamp", datetime.combine(entry.changed_on, time(), UTC))
        day.add("dtstart", entry.on)
        day.add("dtend", entry.on + timedelta(days=1))
        day.add("summary", entry.summary)
        day.add("url", f"{base_url}{entry.path}")
        day.add("class", "PRIVATE")
        day.add("transp", "TRANSPARENT")
        feed.add_component(day)
    return bytes(feed.to_ical())
