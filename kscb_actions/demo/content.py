"""The demonstration's content, read from the TOML files beside this module into plain values."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from .story_builder import Deciders, Phrases, Plot

FOLDER = Path(__file__).parent / "content"
AS_AT = date(2012, 3, 31)
BEGINS_ON = date(2009, 4, 1)
BOARD_NAME, BOARD_SHORT_NAME, BOARD_MARKING = "Kent Safeguarding Children Board", "KSCB", "PROTECT"
MANAGER = "board.manager@kscb.example"
CHAIR, CHAIRS_AGENCY = "scr.chair@kent-probation.example", "PRB"
# Before this day somebody else chaired the subgroup, who belonged to no agency.
CHAIR_SINCE, FORMER_CHAIR = date(2011, 7, 15), "scr.chair.2009@kscb.example"
DEPUTY, DEPUTYS_AGENCY = "scr.deputy@maidstone-hospitals.example", "MTW"

Table = Mapping[str, Any]


@dataclass(frozen=True)
class PlannedAgency:
    """Hold a body that the Board deals with from `since` on.

    formerly, renamed_on     its name until that day; "" and None where it had no other
    closed_on, followed_by   when it closed, and the code of who follows it; None and "" where it goes on
    """

    code: str
    name: str
    since: date
    formerly: str
    renamed_on: date | None
    closed_on: date | None
    followed_by: str

    @property
    def first_name(self) -> str:
        """Return the name under which it is recorded first."""
        return self.formerly or self.name


@dataclass(frozen=True)
class PlannedPerson:
    """Hold a post with its address, held from `since` on, to `until` where that is over.

    `leads` marks the one who leads an agency's actions by default.
    """

    email: str
    name: str
    roles: tuple[str, ...]
    agency: str | None
    leads: bool
    since: date
    until: date | None


@dataclass(frozen=True)
class PlannedAction:
    """Hold one action of the plan: for each agency that does it, a plot of what came of it."""

    text: str
    measure: str
    due_on: date | None
    plots: Mapping[str, Plot]


@dataclass(frozen=True)
class PlannedAnswer:
    """Hold an agency's answer to a recommendation."""

    agency: str
    answer: str
    reason: str


@dataclass(frozen=True)
class PlannedRecommendation:
    """Hold a recommendation with its actions.

    ends  how it ended, with the day and why; None while it stands
    """

    number: int
    text: str
    outcome: str
    addressed_to: str
    themes: tuple[str, ...]
    answers: tuple[PlannedAnswer, ...]
    actions: tuple[PlannedAction, ...]
    published_number: str
    heading: str
    is_key: bool
    ends: tuple[str, date, str] | None
    area: Table


@dataclass(frozen=True)
class PlannedReview:
    """Hold a review with its stages, holds, named people and recommendations."""

    facts: Table
    plan_on: date
    stages: tuple[Table, ...]
    holds: tuple[Table, ...]
    named: tuple[str, ...]
    recommendations: tuple[PlannedRecommendation, ...]
    findings: tuple[Table, ...]

    @property
    def reference(self) -> str:
        """Return the review's reference."""
        return str(self.facts["reference"])

    def plots(self) -> Iterator[Plot]:
        """Yield every action's plot, in the order of their numbers."""
        for recommendation in self.recommendations:
            for action in recommendation.actions:
                yield from action.plots.values()


@dataclass(frozen=True)
class Content:
    """Hold everything there is to load.

    begin_with  (address, what is found there) of each account that a visitor is told to try first, in order
    """

    agencies: Mapping[str, PlannedAgency]
    people: tuple[PlannedPerson, ...]
    begin_with: tuple[tuple[str, str], ...]
    themes: Mapping[str, str]
    reviews: tuple[PlannedReview, ...]
    phrases: Phrases


@cache
def read_content() -> Content:
    """Return the whole content, oldest review first."""
    posts = _read("people.toml")
    agencies = {table["code"]: _agency(table) for table in _read("agencies.toml")["agency"]}
    people = tuple(_person(table, agencies) for table in posts["person"])
    leads = {person.agency: person.email for person in people if person.leads and person.agency}
    files = sorted((FOLDER / "reviews").glob("*.toml"))
    reviews = [_review(parse_file(file), leads) for file in files]
    return Content(
        agencies=agencies,
        people=people,
        begin_with=tuple((table["email"], table["finds"]) for table in posts["begin_with"]),
        themes={table["code"]: table["name"] for table in _read("themes.toml")["theme"]},
        reviews=tuple(sorted(reviews, key=lambda review: review.plan_on)),
        phrases=_read("phrases.toml"),
    )


def _read(name: str) -> dict[str, Any]:
    return parse_file(FOLDER / name)


def parse_file(path: Path) -> dict[str, Any]:
    """Return a content file as plain values."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _agency(table: Table) -> PlannedAgency:
    return PlannedAgency(
        code=table["code"],
        name=table["name"],
        since=table.get("since", BEGINS_ON),
        formerly=table.get("formerly", ""),
        renamed_on=table.get("renamed_on"),
        closed_on=table.get("closed_on"),
        followed_by=table.get("followed_by", ""),
    )


def _person(table: Table, agencies: Mapping[str, PlannedAgency]) -> PlannedPerson:
    agency = table.get("agency")
    return PlannedPerson(
        email=table["email"],
        name=table["name"],
        roles=tuple(table["roles"]),
        agency=agency,
        leads=table.get("lead", False),
        since=table.get("since", agencies[agency].since if agency else BEGINS_ON),
        until=table.get("until"),
    )


def _review(table: dict[str, Any], leads: Mapping[str, str]) -> PlannedReview:
    plan_on, reference = table["plan_on"], table["reference"]
    recommendations, highest = [], 0
    for number, each in enumerate(table.get("recommendations", ()), start=1):
        recommendations.append(_recommendation(each, number, (reference, highest), plan_on, leads))
        highest += sum(len(action.plots) for action in recommendations[-1].actions)
    return PlannedReview(
        facts={key: value for key, value in table.items() if not isinstance(value, list) or key == "themes"},
        plan_on=plan_on,
        stages=tuple(table["stages"]),
        holds=tuple(table.get("holds", ())),
        named=tuple(table.get("named", ())),
        recommendations=tuple(recommendations),
        findings=tuple(table.get("findings", ())),
    )


def _recommendation(
    table: Table, number: int, after: tuple[str, int], plan_on: date, leads: Mapping[str, str]
) -> PlannedRecommendation:
    reference, highest = after
    actions = []
    for each in table.get("actions", ()):
        actions.append(_action(each, (reference, highest), plan_on, leads))
        highest += len(actions[-1].plots)
    answers = tuple(
        PlannedAnswer(each["agency"], each["answer"], each.get("reason", ""))
        for each in table.get("answers", ())
    )
    return PlannedRecommendation(
        number=number,
        text=table["text"],
        outcome=table["outcome"],
        addressed_to=table.get("addressed_to", ""),
        themes=tuple(table.get("themes", ())),
        answers=answers,
        actions=tuple(actions),
        published_number=table.get("published_number", ""),
        heading=table.get("heading", ""),
        is_key=table.get("key", False),
        ends=(table["ends_as"], table["ends_on"], table["ends_why"]) if "ends_as" in table else None,
        area=table.get("area", {}),
    )


def _action(table: Table, after: tuple[str, int], plan_on: date, leads: Mapping[str, str]) -> PlannedAction:
    reference, highest = after
    stories: Mapping[str, str] = table.get("each") or {table["agency"]: table["story"]}
    plots = {
        agency: Plot(
            key=f"{reference}/A{highest + count}",
            story=story,
            thing=table["thing"],
            work=table["work"],
            lead=table.get("lead") or leads[agency],
            deciders=deciders_for(agency, highest + count),
            manager=MANAGER,
            added_on=plan_on,
            due_on=table.get("due"),
            notes=tuple(table.get("notes", ())),
            evidence=tuple(table.get("evidence", ())),
            own=table,
        )
        for count, (agency, story) in enumerate(stories.items(), start=1)
    }
    return PlannedAction(table["text"], table["measure"], table.get("due"), plots)


def deciders_for(agency: str, number: int) -> Deciders:
    """Return who decides on an agency's work: the chair of the day; for the chair's agency, and one time in
    five, the deputy.
    """
    if agency == CHAIRS_AGENCY or (number % 5 == 0 and agency != DEPUTYS_AGENCY):
        return Deciders(DEPUTY)
    return Deciders(CHAIR, CHAIR_SINCE, FORMER_CHAIR)


def figures_told() -> tuple[str, ...]:
    """Return what visitors and readers are told of the figures: which are published, and that all others are
    invented. The numbers are those from which the cases are made.
    """
    counts = parse_file(FOLDER / "deaths_counts.toml")
    first, second = counts["year"]
    return (
        f"Published, in the Board’s annual report for 2011-12: {counts['deaths_in_year']} deaths in "
        f"{second['died']}, {counts['unexpected_in_year']} of them unexpected; "
        f"{first['reviewed'] + second['reviewed']} reviews completed, of {first['reviewed']} deaths in "
        f"{first['died']} ({first['unexpected']} unexpected) and {second['reviewed']} in {second['died']} "
        f"({second['unexpected']} unexpected), {counts['modifiable']} of them with modifiable factors; and "
        "how many reviews fell in each category of death, where that was not printed as <5 (the printed "
        "table lost a row, which is put back).",
        "Invented: every other figure on children, and all cases, stories and people. Where a review quotes "
        "figures that the Board published on its services, its summary says so; all its others are invented.",
    )
