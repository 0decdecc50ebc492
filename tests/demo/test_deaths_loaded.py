"""The demonstration's child deaths as loaded: the published year, and something true on every page."""

from collections import Counter
from datetime import date

from kscb_actions.access.policy import Viewer
from kscb_actions.audit.models import AuditEvent
from kscb_actions.audit.rules import DEATH_ROOMS, names_of_rooms
from kscb_actions.audit.words import OF_CHILD_DEATHS
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.drafting.models import Draft, DraftComment
from kscb_actions.child_deaths.judging.models import PanelDecision
from kscb_actions.child_deaths.learning.models import Lesson
from kscb_actions.child_deaths.learning.referrals import count_open_referrals, list_referrals, needs_referral
from kscb_actions.child_deaths.meetings.models import Attendance, Interest, PanelCase, PanelMeeting
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.queries import overdue_returns
from kscb_actions.child_deaths.visibility import IN_FORCE, OPEN_INTEREST, visible_death
from kscb_actions.child_deaths.years import year_of
from kscb_actions.demo.content import AS_AT, FOLDER, parse_file
from kscb_actions.figures.annual.models import IssuedReport
from kscb_actions.figures.annual.serialisation import read_counts
from kscb_actions.figures.counting.report_tables import REPORT_TABLES
from kscb_actions.figures.counting.tally import Basis
from kscb_actions.figures.disclosure.tables import CountTable
from kscb_actions.people.models import User

from ..demonstration import Demonstration
from ..figures.annual.side_by_side import read_reports

COUNTS = parse_file(FOLDER / "deaths_counts.toml")


def viewer(name: str) -> Viewer:
    return User.get(User.email.startswith(name)).viewer


def test_the_cases_are_those_that_were_published(loaded: Demonstration) -> None:
    reviewed = list(ChildDeath.select().where(ChildDeath.decision_number > 0))
    for year in COUNTS["year"]:
        of_year = [each for each in reviewed if year_of(each.died_on) == year["died"]]
        found = Counter(each.primary_category for each in of_year)
        assert [found[category] for category in range(1, 11)] == year["categories"]
        assert sum(each.expected == "unexpected" for each in of_year) == year["unexpected"]
    assert sum(each.status == "identified" for each in reviewed) == COUNTS["modifiable"]
    assert {year_of(each.reviewed_on) for each in reviewed} == {"2011-12"}
    died = [each for each in ChildDeath.select().where(IN_FORCE) if year_of(each.died_on) == "2011-12"]
    assert len(died) == COUNTS["deaths_in_year"]
    assert sum(each.expected == "unexpected" for each in died) == COUNTS["unexpected_in_year"]


def test_three_meetings_are_over_and_one_is_to_come(loaded: Demonstration) -> None:
    over = list(PanelMeeting.select().where(PanelMeeting.closed_at.is_null(False)))
    (coming,) = PanelMeeting.select().where(PanelMeeting.closed_at.is_null())
    assert len(over) == 3 and all(
        Attendance.select().where(Attendance.meeting == each).count() >= 4 for each in over
    )
    assert coming.held_on > AS_AT and coming.cases.count() == 6
    drafts = Draft.select().join(PanelCase).where(PanelCase.meeting == coming)
    assert coming.way == "draft" and 0 < drafts.count() < coming.cases.count()
    assert DraftComment.select().count() > drafts.count()


def test_one_decision_was_corrected_after_the_meeting(loaded: Demonstration) -> None:
    why = [each.correction_reason for each in PanelDecision.select().where(PanelDecision.number > 1)]
    assert sum("post-mortem" in each for each in why) == 1


def test_an_interest_hides_its_case_from_its_member_alone(loaded: Demonstration) -> None:
    live = list(Interest.select(Interest, User).join(User).where(OPEN_INTEREST))
    assert len(live) == 2 and Interest.select().count() == 3
    for interest in live:
        kept = ChildDeath.id == interest.death_id
        assert not ChildDeath.select().where(kept, visible_death(interest.user.viewer)).exists()
        assert ChildDeath.select().where(kept, visible_death(viewer("designated.doctor"))).exists()


def test_some_returns_are_overdue_and_one_late_answer_is_not(loaded: Demonstration) -> None:
    overdue = overdue_returns(viewer("cdop.coordinator"), AS_AT)
    assert 5 <= len(overdue) <= 40
    late = AgencyReturn.select().where(AgencyReturn.answered_on > AgencyReturn.due_on)
    assert late.count() >= 3


def test_referrals_are_answered_open_refused_and_still_to_be_decided(loaded: Demonstration) -> None:
    chair, coordinator = viewer("scr.chair"), viewer("cdop.coordinator")
    assert [answer is None for _, answer in list_referrals(chair)] == [True, False]
    assert count_open_referrals(chair) == 1
    assert len(needs_referral(coordinator)) == 1


def test_what_was_learnt_is_in_the_plan_with_its_actions(loaded: Demonstration) -> None:
    lessons = list(Lesson.select())
    # Two came of one case each, and a third case was joined to one of them.
    assert (len({each.recommendation_id for each in lessons}), len(lessons)) == (2, 3)
    assert all(each.recommendation.actions.count() for each in lessons)
    assert {each.recommendation.review.kind for each in lessons} == {"child_death"}


def test_the_reports_of_two_years_are_issued(loaded: Demonstration) -> None:
    reports = list(IssuedReport.select().order_by(IssuedReport.id))
    told = [(each.year, each.number, each.cut_off) for each in reports]
    assert told == [("2010-11", 1, date(2011, 12, 12)), ("2011-12", 1, date(2012, 3, 31))]
    assert all(each.issued_by != each.agreed_by for each in reports)


def test_nothing_can_be_worked_out_from_both_reports_together(loaded: Demonstration) -> None:
    reports = []
    for each in IssuedReport.select().order_by(IssuedReport.id):
        pairs = read_counts(each.counts_json)
        papers = {_name(counts): paper for counts, paper in pairs}
        assert set(papers) <= set(REPORT_TABLES) and len(papers) == len(pairs)
        reports.append((each.year, papers))
    attacker = read_reports(reports, ("2010-11", "2011-12"))
    assert attacker.suppressed and attacker.deduce() == []


def test_every_event_of_these_rooms_is_known_as_theirs_by_its_name(loaded: Demonstration) -> None:
    of_rooms = AuditEvent.room.in_(names_of_rooms(*DEATH_ROOMS))
    found = {event for (event,) in AuditEvent.select(AuditEvent.event).where(of_rooms).distinct().tuples()}
    assert len(found) > 20
    assert {event for event in found if event.split(".")[0] not in {*OF_CHILD_DEATHS, "mail"}} == set()


def _name(table: CountTable) -> tuple[Basis, str]:
    """Return the name of a table of a report, as it is read back: by its axes and captions."""
    ((basis, _),) = table.of
    code = "modifiable" if table.column_codes and "identified" in table.column_codes else table.rows_by.code
    return Basis(basis), code
