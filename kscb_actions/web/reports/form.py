"""What a report is asked for, as a form: in the address of its page, and behind its download."""

from typing import Any

from werkzeug.datastructures import MultiDict

from kscb_actions import clock
from kscb_actions.access.policy import Reach, Viewer, reach
from kscb_actions.assurance.challenges.queries import ChallengeFilter, first_raised
from kscb_actions.assurance.challenges.rules import IN_TIME_NAMES, LEVEL_NAMES, OUTCOME_NAMES, STATE_NAMES
from kscb_actions.child_deaths.years import days_of, year_of, years_between
from kscb_actions.people.models import Agency
from kscb_actions.people.queries import list_agencies
from kscb_actions.reports.paper_kind import Audience
from kscb_actions.reports.papers import Paper
from kscb_actions.reports.progress.appendices import Appendix, offered, titled
from kscb_actions.reports.progress.queries import first_stage, is_named, list_titles
from kscb_actions.reports.progress.scope import ReportingYear, ReportRequest
from kscb_actions.web.shared.forms import (
    DayField,
    HouseForm,
    checkbox,
    checkboxes,
    options,
    save_button,
    select,
)

# More reviews than anybody looks through in a list; with more of them a reference is typed.
MOST_LISTED = 60
TAKEN = ("review", "agency", "as_at", "since", "publication", "restricted")
# What a log of challenges is narrowed to: fields of `ChallengeFilter`, as the list of them has.
NARROWED = ("level", "state", "outcome", "in_time")
FIELDS = (*TAKEN, "appendix", "year", *NARROWED)


class PaperForm(HouseForm):
    """Which review and agency, as at which day, and since which: as far as a kind of paper takes it."""

    # The code of the only agency for which this person can make the paper, where there is but one.
    only_agency = ""
    # Of which kind of paper it is the form.
    paper: Paper

    review = select("Review", wrong=None)
    agency = select("Agency", wrong="There is no agency with this code. Choose one from the list.")
    as_at = DayField(
        "As at",
        called="Date “as at”",
        asks=False,
        description="The day whose end is reported. Leave empty for today.",
    )
    since = DayField(
        "Changes since",
        called="Date “changes since”",
        asks=False,
        description="Leave empty for three months before the day of the report.",
    )
    publication = checkbox(
        "For publication",
        "Leaves out leads, narratives, reasons, pseudonyms, lists of evidence, and every review that is "
        "not released for publication.",
    )
    restricted = checkbox(
        "Include the restricted reviews on which I am named",
        "The report then says in its title, its file name and on every page that it contains them. It is for "
        "people named on every one of them.",
    )
    appendix = checkboxes(
        "Appendices",
        [(each.value, titled(each)) for each in Appendix],
        "The paper has none of them unless you tick it.",
    )
    year = select("Year", wrong="Choose a year from the list.")
    level = select("Level", [("", "All levels"), *LEVEL_NAMES.items()])
    state = select("State", [("", "All states"), *STATE_NAMES.items()])
    outcome = select("Outcome", [("", "All outcomes"), *OUTCOME_NAMES.items()])
    in_time = select("In time", [("", "In time or not"), *IN_TIME_NAMES.items()])
    submit = save_button("Show the report")

    @property
    def choice(self) -> ReportRequest:
        """Return what is asked for. Only after the form has been found right."""
        given = {name: self[name].data for name in TAKEN if name in self}
        asked = ReportRequest(
            **{**given, "agency": given.get("agency", self.only_agency)},
            appendices=tuple(self.appendix.data or ()) if "appendix" in self else (),
            year=reporting_year(self.year.data) if "year" in self else None,
            challenges=ChallengeFilter(**{name: self[name].data for name in NARROWED if name in self}),
        )
        return self.paper.settled(asked)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Return the fields as they came in, as (name, value) pairs to be sent again."""
        names = (name for name in FIELDS if name in self)
        return [(name, value) for name in names for value in self[name].raw_data or []]


def paper_form(viewer: Viewer, paper: Paper, sent: MultiDict[str, Any]) -> PaperForm:
    """Return the form of a kind of paper with what this person may choose from, filled with what was sent."""
    filled = MultiDict(sent)
    for name in ("review", "agency", *NARROWED):
        filled.setdefault(name, "")
    filled.setdefault("year", year_of(clock.today()))
    # Nothing is changed by looking, and what is sent by POST is checked for its token before it comes here.
    form = PaperForm(filled, meta={"csrf": False})
    form.paper = paper
    form.appendix.choices = [
        (each.value, titled(each))
        for each in offered(Audience.AGENCY if paper.is_for_agency else Audience.SUBGROUP)
    ]
    if "year" in paper.takes:
        form.year.choices = options((each, each) for each in _years(viewer))
    for name in set(FIELDS) - _taken(viewer, paper):
        del form[name]
    if "review" in form:
        titles = list_titles(viewer, MOST_LISTED + 1, "restricted" in paper.takes)
        reviews = [(reference, f"{reference}: {title}") for reference, title in titles]
        # Without choices the page has a box to type the reference in.
        first = ("", "Choose a review" if "review" in paper.needs else "All reviews")
        form.review.choices = options([first, *reviews] if len(reviews) <= MOST_LISTED else [])
    if "agency" in form:
        agencies = ((each.code, each.name) for each in list_agencies(active_only=False))
        first = ("", "Choose an agency" if "agency" in paper.needs else "All agencies")
        form.agency.choices = options([first, *agencies])
    elif paper.is_for_agency:
        form.only_agency = Agency.get_by_id(viewer.agency_id).code
    return form


def _taken(viewer: Viewer, paper: Paper) -> set[str]:
    """Return the names of the fields that this person fills in for a paper of this kind."""
    several = {"appendices": {"appendix"}, "challenges": set(NARROWED)}
    taken = {each for name in paper.takes for each in several.get(name, {name})}
    if not is_named(viewer):
        taken.discard("restricted")
    if paper.is_for_agency and reach(viewer, paper.permission) is Reach.OWN_AGENCY:
        taken.discard("agency")
    return taken


def reporting_year(name: str) -> ReportingYear | None:
    """Return the year that is called so, like 2011-12; None where there is none."""
    days = days_of(name)
    return ReportingYear(name, *days) if days else None


def _years(viewer: Viewer) -> list[str]:
    """Return the years of which there can be something to tell, the newest first."""
    today = clock.today()
    begun = [day for day in (first_raised(viewer), first_stage(viewer)) if day is not None and day <= today]
    return years_between(min(begun, default=today), today)
