"""The demonstration tells the truth: what it takes from reports is so, and what it makes up could be."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

import pytest

from kscb_actions.actions.models import Action, facts_of
from kscb_actions.actions.rating import rate
from kscb_actions.assurance.models import AssuranceDecision
from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.config import ROOT
from kscb_actions.demo.content import (
    AS_AT,
    BOARD_MARKING,
    CHAIR,
    CHAIR_SINCE,
    DEPUTY,
    FOLDER,
    PlannedAgency,
    PlannedPerson,
    figures_told,
    read_content,
)
from kscb_actions.demo.deaths.cases import planned_deaths
from kscb_actions.demo.deaths.details import agencies_asked, return_of
from kscb_actions.demo.stories import expand
from kscb_actions.demo.story_builder import Plot
from kscb_actions.people.models import User
from kscb_actions.people.queries import demonstration_accounts
from kscb_actions.reports.content import Report
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import HAS_RESTRICTED, ReportRequest
from kscb_actions.reviews.models import Review, Theme
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import Thresholds

from ..demonstration import Demonstration

CONTENT = read_content()
EVERY = tuple(Appendix)
PLOTS = [plot for review in CONTENT.reviews for plot in review.plots()]
# What the Board's reports of 2008-09 to 2011-12 tell has to be learnt.
ERA = {
    "Thresholds and referrals",
    "Assessments in time and of a good standard",
    "Seeing the child and asking about the adults",
    "New partners in a family",
    "Sharing what each agency knows",
    "Neglect, and plans that drift",
    "Families who resist or mislead",
    "A parent’s illness, drinking or violence",
    "Babies: injuries and safe sleeping",
    "Missing and troubled teenagers",
    "Early help, whoever gives it",
    "Holding agencies to account",
}
# The county's nine themes of 2018-19.
LATER = {
    "Assessment and historic information",
    "Inquisitive practice and engagement",
    "Fathers and new adults",
    "Information sharing and recording",
    "Neglect and sustained change",
    "Attendance at appointments",
    "Challenge and escalation",
    "Parents with additional needs",
    "Babies and small children",
}
# What published reviews call children: the county's own, and the best known elsewhere; letters are usual too.
PUBLISHED = (
    r"Ashley|Antonio|Rebecca|Amy|A ?99|Child [A-Z]{1,2}\b|Baby [A-Z]\b|Peter|Victoria|Khyra|Daniel|Keanu"
)
# Who the Board's report of November 2011 says chaired a subgroup of it.
CHAIRS = (
    "Superintendent, Kent Police",
    "Connexions Kent",
    "West Kent Community Health",
    "NHS Kent and Medway",
    "Education",
)
# (what a return says, the youngest and the oldest in days of whom it may be said)
AGES = (
    (r"antenatal|first hours", 0, 27),
    (r"six-week", 28, 364),
    (r"before the birth|midwife|safe sleeping", 0, 730),
    (r"two years", 731, 6569),
    (r"last year", 365, 6569),
    (r"attendance|teacher|school", 1825, 6569),
)


def too_early(
    plots: Iterable[Plot], agencies: Mapping[str, PlannedAgency], people: Iterable[PlannedPerson]
) -> Iterator[str]:
    """Yield whatever an agency or a person does before it was there, or after a person has gone."""
    post = {person.email: person for person in people}
    for plot in plots:
        agency = agencies[str(post[plot.lead].agency)]
        if plot.added_on < agency.since:
            yield f"{plot.key}: {agency.code} was not there on {plot.added_on}"
        for step in expand(plot, CONTENT.phrases, AS_AT):
            who = post[step.by]
            if not who.since <= step.on <= (who.until or AS_AT):
                yield f"{plot.key}: {who.name} was not there on {step.on}"


def test_nobody_owns_an_action_or_acts_before_they_were_there() -> None:
    assert list(too_early(PLOTS, CONTENT.agencies, CONTENT.people)) == []


def test_a_body_of_2011_with_an_action_of_2010_is_found() -> None:
    old = next(plot for plot in PLOTS if plot.added_on.year == 2010 and plot.story == "accepted_on_time")
    agency = next(person.agency for person in CONTENT.people if person.email == old.lead)
    began = date(2011, 4, 1)
    agencies = {**CONTENT.agencies, str(agency): replace(CONTENT.agencies[str(agency)], since=began)}
    assert any("was not there" in told for told in too_early([old], agencies, CONTENT.people))
    people = [replace(person, since=began) for person in CONTENT.people]
    assert any(old.key in told for told in too_early([old], CONTENT.agencies, people))


def test_the_bodies_of_2011_began_in_2011() -> None:
    since = {agency.name: agency.since.year for agency in CONTENT.agencies.values()}
    assert since["Kent Community Health NHS Trust"] == since["NHS Kent and Medway"] == 2011


def test_council_services_have_the_name_of_the_year(loaded: Demonstration) -> None:
    renamed = AuditEvent.select().where(AuditEvent.event == "agency.changed")
    names = {agency.name for agency in CONTENT.agencies.values() if agency.renamed_on}
    assert {json.loads(event.state)["name"] for event in renamed} == names
    assert {event.at.year for event in renamed} == {2011}


def test_the_subgroup_had_another_chair_before_july_2011(loaded: Demonstration) -> None:
    chair, former = (
        User.get(User.email == CHAIR),
        User.get(User.name.startswith("Chair, SCR subgroup, until")),
    )
    decided = {
        person: [each.at.date() for each in AssuranceDecision.select().where(AssuranceDecision.by == person)]
        for person in (chair, former)
    }
    assert decided[former] and max(decided[former]) < CHAIR_SINCE <= min(decided[chair])
    assert chair.is_active and not former.is_active


def test_the_independent_chair_came_in_april_2011() -> None:
    (chair,) = [person for person in CONTENT.people if person.name.startswith("Independent Chair")]
    assert (chair.since.year, chair.since.month) == (2011, 4)


def test_the_deputy_chair_chairs_no_other_subgroup() -> None:
    (deputy,) = [person for person in CONTENT.people if person.email == DEPUTY]
    assert "deputy chair" in deputy.name
    assert [post for post in CHAIRS if post in deputy.name] == []


def test_themes_are_those_of_the_years(loaded: Demonstration) -> None:
    assert not ERA & LATER
    assert {theme.name for theme in Theme.select()} == ERA


def test_pseudonyms_and_texts_are_of_no_published_case() -> None:
    assert re.search(PUBLISHED, "Serious case review: Child LG") and re.search(PUBLISHED, "Rebecca")
    names = [review.facts["pseudonym"] for review in CONTENT.reviews if review.facts["pseudonym"]]
    assert len(names) == len(set(names)) == 8
    for file in FOLDER.rglob("*.toml"):
        found = re.search(PUBLISHED, file.read_text(encoding="utf-8"))
        assert not found, f"{file.name}: {found}"


def test_practices_are_counted_against_those_at_the_conference() -> None:
    (told,) = [plot.own["done"] for plot in PLOTS if "practices that came" in str(plot.own.get("done"))]
    found = re.search(r"(\d+) of the (\d+) practices that came", told)
    assert found
    named, came = int(found[1]), int(found[2])
    assert came > 240, "the Board's report says over 240"
    assert "more than nine in ten" in told and named > 0.9 * came


@pytest.mark.parametrize("publication", [False, True])
def test_no_paper_of_2012_is_marked_with_a_scheme_of_2014(loaded: Demonstration, publication: bool) -> None:
    manager = User.get(User.email == "board.manager@kscb.example").viewer
    report = build_progress(
        manager, get_board(), ReportRequest(publication=publication, appendices=EVERY), AS_AT
    )
    assert report.marking == ("UNRESTRICTED" if publication else "PROTECT")
    full = build_progress(manager, get_board(), ReportRequest(restricted=True, appendices=EVERY), AS_AT)
    assert full.marking == f"RESTRICTED – {HAS_RESTRICTED}"
    assert "OFFICIAL" not in repr(told_by(report))
    marked = {review.classification for review in Review.select()} | {BOARD_MARKING}
    assert marked <= {"UNRESTRICTED", "PROTECT", "RESTRICTED"}


def test_a_public_paper_has_the_review_that_is_released_and_no_other(loaded: Demonstration) -> None:
    manager = User.get(User.email == "board.manager@kscb.example").viewer
    report = build_progress(manager, get_board(), ReportRequest(publication=True, appendices=EVERY), AS_AT)
    told = repr(told_by(report))
    references = {review.reference for review in Review.select()}
    assert {each for each in references if each in told} == {"INS-2010-01"}
    actions = Action.select().join(Review).where(Review.reference == "INS-2010-01")
    assert f"of {actions.count()} actions" in told
    people = {name for (name,) in User.select(User.name).where(User.agency.is_null(False)).tuples()}
    assert not {name for name in people if name in told}


def told_by(report: Report) -> list[object]:
    """Return all that a paper says, with the rows of its tables."""
    blocks = [block for section in report.sections for block in section.blocks]
    return [report, *(list(getattr(block, "rows", ())) for block in blocks)]


def test_the_day_of_the_report_of_2009_is_marked_as_assumed() -> None:
    (report,) = [review for review in CONTENT.reviews if review.reference == "REP-2009-01"]
    assert all("assumed" in stage["note"] for stage in report.stages)
    assert re.search(r"18 September 2009, is assumed", " ".join(report.facts["summary"].split()))


def unfit(told: str, age_days: int) -> bool:
    return any(
        re.search(words, told, re.IGNORECASE) and not youngest <= age_days <= oldest
        for words, youngest, oldest in AGES
    )


def test_returns_fit_the_age_of_the_child() -> None:
    assert unfit("Antenatal care as planned; the birth and the first hours are described.", 9 * 365)
    wrong = [
        f"{death.number}, {death.facts.age_days} days: {told}"
        for death in planned_deaths()
        for _, told in (return_of(death, agency) for agency in agencies_asked(death))
        if unfit(told, death.facts.age_days or 0)
    ]
    assert wrong == []


def test_something_is_told_of_a_child_of_any_age() -> None:
    death = planned_deaths()[0]
    for age_days in (*range(0, 800), *range(1800, 1900), 6569):
        other = replace(death, facts=replace(death.facts, age_days=age_days, expected="unexpected"))
        assert all(return_of(other, agency)[1] for agency in agencies_asked(other)), age_days


def test_the_loaded_returns_are_those_told(loaded: Demonstration) -> None:
    ages = {death.number: death.facts.age_days or 0 for death in planned_deaths()}
    answered = [each for each in AgencyReturn.select() if each.answered_on]
    assert len(answered) > 50
    assert [each.summary for each in answered if unfit(each.summary, ages[each.death.case_number])] == []


def test_a_visitor_begins_with_somebody_who_has_work_waiting(loaded: Demonstration) -> None:
    accounts = demonstration_accounts()
    assert accounts and [email for email, *_ in accounts.begin_with] == [
        email for email, _ in CONTENT.begin_with
    ]
    first, *_ = accounts.begin_with
    actions = Action.select().join(User, on=Action.lead).where(User.email == first[0])
    codes = [rate(facts_of(action), AS_AT, Thresholds()).code for action in actions]
    waiting = [code for code in codes if code not in ("accepted", "submitted", "superseded", "withdrawn")]
    assert len(waiting) >= 8
    assert {"returned", "overdue", "due_soon", "on_course"} <= set(waiting)


def test_visitors_and_readers_are_told_which_figures_are_published(loaded: Demonstration) -> None:
    accounts = demonstration_accounts()
    assert accounts and tuple(accounts.figures) == figures_told()
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    for paragraph in figures_told():
        assert paragraph in readme
    assert accounts.begin_with[0][0] in readme
    for number in (94, 40, 106, 58, 19, 48, 13, 14):
        assert re.search(rf"\b{number}\b", figures_told()[0])
