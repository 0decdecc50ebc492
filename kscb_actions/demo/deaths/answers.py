"""How the demonstration's agencies answer requests about deaths: by their contacts, or on paper."""

import io
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial

from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.requests.queries import sendings_of
from kscb_actions.child_deaths.requests.rules import KNOWS, Answer, Outcome
from kscb_actions.child_deaths.requests.service import attach_files, judge_answer, save_part, send_answer
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.demo.content import AS_AT, FOLDER, Table, parse_file
from kscb_actions.demo.schedule import ScheduledEvent, on_or_after
from kscb_actions.demo.story_runner import LoadedBoard

SEND_HOUR, JUDGE_HOUR = 11, 14
Report = tuple[str, str]


def content() -> Table:
    """Return what the content file says of answers."""
    found: Table = parse_file(FOLDER / "panels.toml")
    return found


def has_contact(loaded: LoadedBoard, agency: str, on: date) -> bool:
    """Return whether an agency has a child-death contact on a day."""
    email = content()["answers"]["contacts"].get(agency)
    return bool(email) and loaded.since[email] <= on


def answer_events(
    loaded: LoadedBoard, base_url: str, number: str, agency: str, on: date, report: Report
) -> Iterator[ScheduledEvent]:
    """Yield the answer of an agency with a contact, and what the co-ordinator says of it."""
    answers, own = content()["answers"], {"case": number, "agency": agency}
    yield ScheduledEvent(on, SEND_HOUR, partial(_send, loaded, base_url, number, agency, report))
    returned = answers["returned"]
    if _is(returned, own):
        judged = (Outcome.RETURNED.value, returned["reason"], returned["due_on"])
        yield ScheduledEvent(returned["on"], JUDGE_HOUR, partial(_judge, loaded, base_url, own, judged))
        return
    judged_on = on_or_after(on + timedelta(days=answers["accepted_after_days"]))
    if own not in answers["unread"] and judged_on < AS_AT:
        accepted = (Outcome.ACCEPTED.value, "", None)
        yield ScheduledEvent(judged_on, JUDGE_HOUR, partial(_judge, loaded, base_url, own, accepted))


def begun_event(loaded: LoadedBoard) -> ScheduledEvent:
    """Return the saving of an answer that is not sent yet."""
    return ScheduledEvent(content()["answers"]["begun"]["on"], SEND_HOUR, partial(_begin, loaded))


def request_of(loaded: LoadedBoard, number: str, agency: str) -> AgencyReturn:
    """Return what an agency is asked on a case, as it is now."""
    death = ChildDeath.get(ChildDeath.case_number == number)
    return AgencyReturn.get(AgencyReturn.death == death, AgencyReturn.agency == loaded.agencies[agency])


def _is(told: Mapping[str, object], own: Mapping[str, object]) -> bool:
    return all(told[name] == value for name, value in own.items())


def _send(loaded: LoadedBoard, base_url: str, number: str, agency: str, report: Report) -> None:
    answers, row = content()["answers"], request_of(loaded, number, agency)
    contact = loaded.viewer(answers["contacts"][agency])
    save_part(contact, row, KNOWS.code, Answer(report[1], report[0]), 0)
    own = {"case": number, "agency": agency}
    for more in answers["more"]:
        if _is(more, own):
            save_part(contact, row, more["section"], Answer(more["text"]), 0)
    file = answers["file"]
    if _is(file, own):
        sent = [(file["name"], io.BytesIO(file["text"].encode()))]
        attach_files(contact, row, loaded.store, sent, refuse_erased)
    send_answer(contact, row, base_url)


def _judge(
    loaded: LoadedBoard, base_url: str, own: Mapping[str, str], judged: tuple[str, str, date | None]
) -> None:
    row = request_of(loaded, own["case"], own["agency"])
    seen = sendings_of(row)[0].row.number
    judge_answer(loaded.viewer(content()["coordinator"]), row, seen, *judged, base_url)


def _begin(loaded: LoadedBoard) -> None:
    begun = content()["answers"]["begun"]
    contact = loaded.viewer(content()["answers"]["contacts"][begun["agency"]])
    row = request_of(loaded, begun["case"], begun["agency"])
    save_part(contact, row, KNOWS.code, Answer(begun["text"], begun["choice"]), 0)
