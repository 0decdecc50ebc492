"""Loading the demonstration: whole, through the services, in order of time, and all or nothing."""

from collections import Counter

from kscb_actions import clock
from kscb_actions.actions.models import Action, Extension, facts_of
from kscb_actions.actions.moves import moves_of
from kscb_actions.actions.rating import Colour, Rating, Timeliness, rate, rating_rules, timeliness
from kscb_actions.actions.rules import VOID
from kscb_actions.assurance.models import AssuranceDecision, EvidenceFile
from kscb_actions.assurance.queries import kept_names
from kscb_actions.audit.models import AuditEvent
from kscb_actions.child_deaths.learning.models import Lesson
from kscb_actions.demo.content import AS_AT, BEGINS_ON, read_content
from kscb_actions.files.store import EvidenceStore
from kscb_actions.people.models import User
from kscb_actions.people.passwords import matches
from kscb_actions.reviews.models import AgencyResponse, Recommendation, Review
from kscb_actions.settings.queries import get_board
from kscb_actions.settings.rules import Thresholds

from ..commands.test_check_rows import found
from ..demonstration import PASSWORD, Demonstration

THRESHOLDS = Thresholds()
# Which rules may give an action its rating on the day, by its story.
ENDINGS = {
    "accepted_on_time": {"accepted"},
    "accepted_early": {"accepted"},
    "accepted_late": {"accepted"},
    "accepted_very_late": {"accepted"},
    "accepted_undated": {"accepted"},
    "returned_then_accepted": {"accepted"},
    "returned_twice_then_accepted": {"accepted"},
    "extended_then_accepted": {"accepted"},
    "evidence_replaced": {"accepted"},
    "accepted_then_reopened": {"reopened"},
    "resubmitted_waiting": {"submitted"},
    "submitted_waiting": {"submitted"},
    "submitted_late_waiting": {"submitted"},
    "submitted_long_waiting": {"submitted"},
    "returned_waiting": {"returned"},
    "returned_overdue": {"overdue"},
    "overdue_silent": {"overdue"},
    "overdue_with_updates": {"overdue"},
    "cannot_be_done": {"cannot_be_done"},
    "extension_refused": {"overdue"},
    "extension_waiting": {"on_course", "due_soon"},
    "extended_once": {"on_course"},
    "extended_twice": {"extended"},
    "moved_by_board": {"on_course"},
    "on_course": {"on_course"},
    "due_soon": {"due_soon"},
    "no_update_90_days": {"silent"},
    "no_date": {"no_date"},
    "not_started": {"on_course"},
    "superseded": {"superseded"},
    "withdrawn": {"withdrawn"},
    "on_hold": {"on_hold"},
    "resumed": {"on_course"},
}


def rated() -> dict[str, Rating]:
    """Return {reference: rating on the demonstration's day} of each action shown but of child deaths."""
    shown = (Review.kind != "child_death") & (Action.standing != VOID)
    actions = list(Action.select(Action, Review).join(Review).where(shown))
    moves = moves_of(action.id for action in actions)
    return {
        f"{a.review.reference}/A{a.number}": rate(facts_of(a, moves[a.id]), AS_AT, THRESHOLDS)
        for a in actions
    }


def test_everything_planned_is_there(loaded: Demonstration) -> None:
    content = read_content()
    assert Review.select().where(Review.kind != "child_death").count() == len(content.reviews)
    # One of those made of deaths came of two.
    learnt = {each.recommendation_id for each in Lesson.select()}
    assert (Lesson.select().count(), len(learnt)) == (3, 2)
    assert Recommendation.select().count() == 61 + len(learnt)
    planned = {plot.key for review in content.reviews for plot in review.plots()}
    # Opened by a judgement that there was no difference.
    assert set(rated()) == planned | {"SCR-2010-01/A25"}
    assert loaded.said and "22 agencies" in loaded.said[0]


def test_each_story_ends_in_the_rating_it_is_meant_to_show(loaded: Demonstration) -> None:
    ratings = rated()
    plots = [plot for review in read_content().reviews for plot in review.plots()]
    wrong = {
        plot.key: f"{plot.story} ends as {ratings[plot.key].code}"
        for plot in plots
        if ratings[plot.key].code not in ENDINGS[plot.story]
    }
    assert wrong == {}


def test_every_colour_has_at_least_ten_actions(loaded: Demonstration) -> None:
    counts = Counter(rating.colour for rating in rated().values())
    assert set(counts) == set(Colour)
    assert min(counts.values()) >= 10


def test_every_reason_for_a_rating_has_at_least_three_actions(loaded: Demonstration) -> None:
    counts = Counter(rating.code for rating in rated().values())
    # A board reopens what it accepted seldom: one such action shows it.
    least = {rule.code: 1 if rule.code == "reopened" else 3 for rule in rating_rules(THRESHOLDS)}
    assert {code: counts[code] for code, number in least.items() if counts[code] < number} == {}


def test_every_timeliness_and_every_assurance_has_at_least_three_actions(loaded: Demonstration) -> None:
    actions = list(Action.select())
    timed = Counter(timeliness(facts_of(action), AS_AT, THRESHOLDS) for action in actions)
    assert set(timed) == set(Timeliness) and min(timed.values()) >= 3
    assured = Counter(action.assurance for action in actions)
    assert set(assured) == {"none", "submitted", "returned", "accepted"} and min(assured.values()) >= 3


def test_due_dates_have_been_asked_for_agreed_and_refused(loaded: Demonstration) -> None:
    states = Counter(extension.state for extension in Extension.select())
    assert set(states) == {"asked", "agreed", "refused"} and min(states.values()) >= 3


def test_agencies_have_given_every_answer(loaded: Demonstration) -> None:
    answers = {response.answer for response in AgencyResponse.select()}
    assert answers == {"awaited", "accepted", "partly", "not_accepted"}


def test_nobody_has_decided_for_their_own_agency(loaded: Demonstration) -> None:
    decisions = AssuranceDecision.select(AssuranceDecision, Action, User).join(Action).switch().join(User)
    assert len(decisions) >= 90
    for decision in decisions:
        assert decision.by.agency_id != decision.action.agency_id


def test_the_trail_runs_forward_and_ends_by_the_demonstrations_day(loaded: Demonstration) -> None:
    instants = [event.at for event in AuditEvent.select(AuditEvent.at).order_by(AuditEvent.id)]
    assert instants == sorted(instants)
    assert clock.local_date(instants[0]) == BEGINS_ON
    assert clock.local_date(instants[-1]) <= AS_AT


def test_every_file_is_on_disk_and_every_file_on_disk_is_named(loaded: Demonstration) -> None:
    differences = EvidenceStore(loaded.folder).differences(kept_names())
    assert EvidenceFile.select().count() >= 150
    assert (differences.unnamed, differences.missing, differences.unfinished, differences.foreign) == (
        (),
        (),
        (),
        (),
    )


def test_the_accounts_can_sign_in(loaded: Demonstration) -> None:
    active = {user.email for user in User.select().where(User.is_active)}
    assert set(loaded.accounts) == active
    assert len(active) == len(read_content().people) - 1, "the former chair has gone"
    kept = User.get(User.email == loaded.accounts[0])
    assert matches(kept.password_hash, PASSWORD)


def test_the_board_lives_on_its_day_under_its_own_name(loaded: Demonstration) -> None:
    board = get_board()
    assert (board.fixed_today, board.short_name) == (AS_AT, "KSCB")


def test_its_rows_are_as_the_trail_says(loaded: Demonstration) -> None:
    assert AuditEvent.select().count() > 1000
    assert found() == []
