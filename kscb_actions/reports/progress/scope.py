"""What a report is asked for, and what it covers for the person who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any

import peewee

from kscb_actions.access.policy import Permission, Viewer, require
from kscb_actions.actions.models import Action
from kscb_actions.actions.narrowing import is_kept
from kscb_actions.assurance.challenges.queries import ALL_CHALLENGES, ChallengeFilter
from kscb_actions.audit.models import AuditEvent
from kscb_actions.people.models import Agency, User
from kscb_actions.prepared import day_of
from kscb_actions.reports.paper_kind import PROGRESS, Audience, Form, PaperKind
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.publishing.queries import is_public, released
from kscb_actions.reviews.publishing.rules import PUBLISHABLE, public_title
from kscb_actions.reviews.queries import EVERYTHING, visible_review
from kscb_actions.reviews.rules import KIND_NAMES, Kind, add_months
from kscb_actions.settings.rules import Board, public_marking
from kscb_actions.text import InvalidInput, one_line
from kscb_actions.wording import date_uk

from .appendices import Appendix, chosen
from .past import (
    Beside,
    Moment,
    Numbering,
    Reviews,
    beside_of,
    end_of,
    has_earlier_records,
    numbering_at,
    read,
    rows_of,
    state_at,
    value_at,
)

# A quarter, as boards report on performance.
MONTHS_SINCE = 3


EARLIEST = date(1900, 1, 1)


# What the marking of a paper adds where a review in it is open to named people only.
HAS_RESTRICTED = "CONTAINS RESTRICTED REVIEWS"


# Local Government Act 1972, Schedule 12A: on individuals, or likely to reveal who they are.
EXEMPT = "EXEMPT (Local Government Act 1972, Schedule 12A, paragraphs 1 and 2)"
EXEMPT_OR_NOT = {True: "UNRESTRICTED", False: EXEMPT}


NOT_TICKED = (
    "This review is restricted. Tick “Include the restricted reviews on which I am named” to have it in a "
    "paper."
)
NO_AGENCY = "Choose the agency that the paper is for."
NOT_BOTH = "A paper for publication never has a restricted review in it. Untick one of the two."


# From least to most protected; the markings before and after April 2014 in one order.
PROTECTION = ("UNRESTRICTED", "OFFICIAL", "PROTECT", "OFFICIAL-SENSITIVE", "RESTRICTED")


REVIEW_FIELDS = (
    "id",
    "reference",
    "kind",
    "pseudonym",
    "title",
    "classification",
    "is_restricted",
    "stage",
    "hold_kind",
    "hold_reason",
    "guidance",
)


@dataclass(frozen=True)
class ReportingYear:
    """A year from April to March, like “2011-12”, with its first and last day."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class ReportRequest:
    """What somebody asks a report for. An empty review or agency is all of them.

    as_at        the day whose end is reported (default: today)
    since        the day after whose end changes are told (default: three months before as_at)
    publication  leave out what is not for the public: see `scope_of` and the sections of the report
    restricted   have the restricted reviews in it on which whoever asks is named; otherwise none is in it
    appendices   names of the appendices to have in it (`Appendix`)
    year         the year that a paper of a year is about
    challenges   which challenges a log of them has
    only         the ids of the reviews that a meeting's body covers, where it does not cover all
    days         earlier days to show the ratings of, such as those of the last meetings
    """

    review: str = ""
    agency: str = ""
    as_at: date | None = None
    since: date | None = None
    publication: bool = False
    restricted: bool = False
    appendices: tuple[str, ...] = ()
    year: ReportingYear | None = None
    challenges: ChallengeFilter = ALL_CHALLENGES
    days: tuple[date, ...] = ()
    audience: Audience = Audience.SUBGROUP
    form: Form = PROGRESS
    only: frozenset[int] | None = None


@dataclass(frozen=True)
class Scope:
    """What a report covers: ids and names as they were then, of what its reader may see now.

    `others` are the ids of the reviews that it does not cover; `made_on` is the day on which it is made;
    `restricted` are the references of the reviews in it that are open to named people only.
    """

    board: Board
    moment: Moment
    since: date
    reviews: Mapping[int, Mapping[str, Any]]
    agencies: Mapping[int, str]
    people: Mapping[int, str]
    review: Mapping[str, Any] | None
    agency_id: int | None
    publication: bool
    others: Sequence[int]
    made_on: date
    kind: PaperKind
    restricted: tuple[str, ...] = ()
    appendices: tuple[Appendix, ...] = ()

    @property
    def as_at(self) -> date:
        """Return the day whose end is reported."""
        return self.moment.as_at

    @property
    def review_ids(self) -> list[int]:
        """Return the reviews covered."""
        return list(self.reviews)

    @cached_property
    def covered(self) -> Reviews:
        """Return the reviews covered, as queries ask for them."""
        return Reviews(self.review_ids, self.others)

    @cached_property
    def codes(self) -> Mapping[int, str]:
        """Return {agency id: its code}, its short form where there is little room. One query."""
        return {row["id"]: row["code"] for row in read(Agency.select(Agency.id, Agency.code))}

    @cached_property
    def numbering(self) -> Numbering:
        """Return the recommendations covered; of one agency, those that it has an action for are listed."""
        return numbering_at(self.moment, self.covered, partial(_asks_agency, self))

    @cached_property
    def beside(self) -> Beside:
        """Return what rows of actions tell beside the action itself. Two queries, once for a report."""
        return beside_of(self.moment, self.covered, self.agencies)

    @property
    def marking(self) -> str:
        """Return the marking of the paper: the board's, or that of a review in it which is protected more.

        A committee's papers are open to the public, or exempt.
        """
        if self.kind.audience is Audience.BOARD:
            return f"{EXEMPT} – {HAS_RESTRICTED}" if self.restricted else EXEMPT_OR_NOT[self.publication]
        if self.publication:
            return public_marking(self.made_on)
        found = [self.board.marking, *(review["classification"] for review in self.reviews.values())]
        marking = max(found, key=lambda each: PROTECTION.index(each) if each in PROTECTION else -1)
        return f"{marking} – {HAS_RESTRICTED}" if self.restricted else marking

    def reference(self, row: Mapping[str, Any]) -> str:
        """Return the reference of an action in a row with its review_id and number."""
        return f"{self.reviews[row['review_id']]['reference']}/A{row['number']}"


def scope_of(
    viewer: Viewer, board: Board, choice: ReportRequest, today: date, from_trail: bool = False
) -> Scope:
    """Return what a report covers for this person. At most ten queries; the caller holds one snapshot open.

    Reviews that they may not see now are in no report, whatever its day, and so is what is restricted now
    unless `choice.restricted`. For publication so are those that are restricted, marked as more than public
    or not released, now or on that day. `from_trail` reads the trail for today too.
    Raises Refused, and InvalidInput with a message for each field of `choice` that cannot be used.
    """
    agency = _agency(viewer, choice)
    if choice.publication and choice.restricted:
        raise InvalidInput({"restricted": NOT_BOTH})
    appendices, (as_at, since) = chosen(choice.appendices, choice.audience), _days(choice, today)
    moment = Moment(as_at, from_trail or as_at < today, has_earlier_records())
    visible = _visible(viewer, choice)
    reviews = _reviews_at(moment, list(visible), choice)
    if choice.review and not reviews:
        raise InvalidInput({"as_at": _not_yet(next(iter(visible)), choice)})
    restricted = tuple(review["reference"] for key, review in reviews.items() if visible[key])
    agencies = _names_at(Agency, moment)
    return Scope(
        board=board,
        moment=moment,
        since=since,
        reviews=reviews,
        agencies=agencies,
        people={} if choice.publication else _names_at(User, moment),
        review=next(iter(reviews.values())) if choice.review else None,
        agency_id=agency.id if agency else None,
        publication=choice.publication,
        others=_others(reviews),
        made_on=today,
        kind=PaperKind(
            is_public=choice.publication,
            agency=(agency.code, agencies[agency.id]) if agency else None,
            since=since if since != usual_since(as_at) else None,
            has_restricted=bool(restricted),
            audience=choice.audience,
            form=choice.form,
            board=board.name,
        ),
        restricted=restricted,
        appendices=appendices,
    )


def _asks_agency(scope: Scope, then: Any) -> Any:
    """Return the condition that the agency asked for has an action for the recommendation."""
    if scope.agency_id is None:
        return EVERYTHING
    return then.c.id.in_(Action.select(Action.recommendation).where(in_scope(scope)))


def usual_since(as_at: date) -> date:
    """Return the day from which changes are told where no other is chosen."""
    return add_months(max(as_at, EARLIEST), -MONTHS_SINCE)


def _days(choice: ReportRequest, today: date) -> tuple[date, date]:
    as_at = choice.as_at or today
    problems = {}
    if as_at > today:
        problems["as_at"] = "The date must be today or in the past."
    elif as_at < EARLIEST:
        problems["as_at"] = "The date must be in 1900 or later."
    since = choice.since or usual_since(as_at)
    if choice.since and choice.since >= as_at:
        problems["since"] = f"The date must be before {date_uk(as_at)}, the day of the report."
    elif choice.since and choice.since < EARLIEST:
        problems["since"] = "The date must be in 1900 or later."
    if problems:
        raise InvalidInput(problems)
    return as_at, since


def _visible(viewer: Viewer, choice: ReportRequest) -> dict[int, bool]:
    """Return {id: whether it is restricted} of the reviews asked for, of those that may be in this report.

    Raises InvalidInput.
    """
    query = Review.select(Review.id, Review.is_restricted).where(visible_review(viewer)).order_by(Review.id)
    if choice.publication:
        query = query.where(is_public())
    if choice.only is not None:
        query = query.where(Review.id.in_(choice.only))
    if choice.review:
        query = query.where(Review.reference == one_line(choice.review).upper())
    seen = {row["id"]: bool(row["is_restricted"]) for row in read(query)}
    found = seen if choice.restricted else {key: False for key, closed in seen.items() if not closed}
    if choice.review and seen and not found and not choice.publication:
        raise InvalidInput({"review": NOT_TICKED})
    if choice.review and not found:
        told = " for publication" if choice.publication else ""
        raise InvalidInput({"review": f"There is no review{told} with this reference."})
    return found


def _agency(viewer: Viewer, choice: ReportRequest) -> Agency | None:
    """Return the agency asked for. Raises Refused where this person may not have this paper of it."""
    whole = choice.audience is not Audience.AGENCY
    require(viewer, Permission.READ_REPORTS if whole else Permission.PRINT_PAPERS)
    code = one_line(choice.agency).upper()
    agency = Agency.get_or_none(Agency.code == code) if code else None
    if agency is None and (code or not whole):
        raise InvalidInput({"agency": "There is no agency with this code." if code else NO_AGENCY})
    if agency is not None and not whole:
        require(viewer, Permission.PRINT_PAPERS, agency.id)
    return agency


def _reviews_at(moment: Moment, visible: list[int], choice: ReportRequest) -> dict[int, dict[str, Any]]:
    then = state_at(Review, moment, REVIEW_FIELDS, Reviews(visible))
    rows = {row["id"]: row for row in read(rows_of(then).order_by(then.c.id))}
    if not choice.publication:
        return rows
    found = {row["review_id"] for row in read(released(moment.as_at))}
    public = {key: row for key, row in rows.items() if key in found and _is_publishable(row)}
    return {key: row | {"title": _public_title(row)} for key, row in public.items()}


def _others(reviews: Mapping[int, Any]) -> list[int]:
    """Return the ids of the reviews that are not among these."""
    if Review.select().count() == len(reviews):
        return []
    return [row["id"] for row in read(Review.select(Review.id)) if row["id"] not in reviews]


def _is_publishable(review: Mapping[str, Any]) -> bool:
    return review["classification"] in PUBLISHABLE and not review["is_restricted"]


def _public_title(review: Mapping[str, Any]) -> str:
    return public_title(review["title"], review["pseudonym"], KIND_NAMES[Kind(review["kind"])])


def _names_at(model: Any, moment: Moment) -> dict[int, str]:
    """Return {id: name} by name, in an order that is the same in every database.

    Who was recorded only after the day, though a row of that day names them, has the name of today.
    """
    names = {row["id"]: row["name"] for row in read(model.select(model.id, model.name))}
    if moment.is_past:
        then = state_at(model, moment, ("id", "name"))
        names |= {row["id"]: row["name"] for row in read(rows_of(then))}
    return dict(sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0])))


def _not_yet(review_id: int, choice: ReportRequest) -> str:
    """Return why a visible review has no state on the day: not recorded, or not released then."""
    first = AuditEvent.select(peewee.fn.MIN(AuditEvent.at).alias("at")).where(
        AuditEvent.kind == "review", AuditEvent.object_id == review_id
    )
    recorded_on = day_of(next(read(first))["at"])
    if choice.as_at and recorded_on > choice.as_at:
        return f"This review was first recorded on {date_uk(recorded_on)}. Choose that day or a later one."
    return "On this day the review was not released for publication. Choose a later day."


def part_of(query: Any, start: int, most: int | None) -> Any:
    """Return a query's rows from the place `start` on, at most `most` of them; all when none is said."""
    return query if most is None else query.limit(most).offset(start)


def within(scope: Scope, instant: Any) -> Any:
    """Return the condition that an instant is after the day `since` and not after the day of the report."""
    return (instant >= start_of(scope)) & (instant < scope.moment.before)


def start_of(scope: Scope) -> datetime:
    """Return the UTC instant after which changes are reported."""
    return end_of(scope.since)


def of_agency(scope: Scope, columns: Any) -> Any:
    """Return the condition that keeps the agency asked for, on anything that has an agency_id."""
    return EVERYTHING if scope.agency_id is None else columns.agency_id == scope.agency_id


def in_scope(scope: Scope) -> Any:
    """Return the condition on Action for what hangs on actions: their review, and whose they were then."""
    covered = scope.covered.have(Action.review) & is_kept()
    if scope.agency_id is None:
        return covered
    return covered & (agency_then(scope, Action) == scope.agency_id)


def agency_then(scope: Scope, model: Any) -> Any:
    """Return, as SQL, the agency whose a row of `model`, an action or a challenge, was on the day."""
    return value_at(model, scope.moment, "agency")
