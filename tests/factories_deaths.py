"""Makes child deaths, panels and what panels do for tests, through the application's own operations."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count

from kscb_actions import clock
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import DeathFacts
from kscb_actions.child_deaths.cases.service import record_death
from kscb_actions.child_deaths.drafting.models import Draft, DraftComment
from kscb_actions.child_deaths.drafting.service import comment, save_draft
from kscb_actions.child_deaths.judging.decisions import decide
from kscb_actions.child_deaths.judging.models import Categorisation, PanelDecision
from kscb_actions.child_deaths.judging.proposals import close_proposals, propose
from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement
from kscb_actions.child_deaths.meetings.interests import declare_interest
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.meetings.service import add_case, plan_meeting, record_attendance, seat_member
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.service import answer_return, ask_return
from kscb_actions.people.models import Agency, User

from .factories import World

# Kent's, with which a new database begins.
DISTRICTS = {
    "ashford": "Ashford",
    "canterbury": "Canterbury",
    "dartford": "Dartford",
    "dover": "Dover",
    "gravesham": "Gravesham",
    "maidstone": "Maidstone",
    "sevenoaks": "Sevenoaks",
    "shepway": "Shepway",
    "swale": "Swale",
    "thanet": "Thanet",
    "tonbridge_malling": "Tonbridge and Malling",
    "tunbridge_wells": "Tunbridge Wells",
}
FACTS = {
    "died_on": date(2011, 11, 3),
    "age_days": 40,
    "sex": "male",
    "ethnicity": "white_british",
    "district": "thanet",
    "place": "hospital",
    "expected": "unexpected",
}
JUDGED = Judgement(
    frozenset({10, 3}),
    "identified",
    "The sofa.",
    (FactorFacts("parenting", "co_sleeping", "2", "On a sofa", True),),
    "Tell parents before the birth.",
)


class Panel:
    """The child death overview panel of a small board."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.coordinator = world.as_viewer(world.cdop_coordinator)
        self.member = world.as_viewer(world.cdop_member)
        self._numbers = count(1)

    def death(self, **facts: object) -> ChildDeath:
        """Return a case of a boy of one month, notified the day after his death unless told otherwise."""
        known = {"case_number": f"11/{next(self._numbers):03}", **FACTS, **facts}
        known.setdefault("notified_on", known["died_on"] + timedelta(days=1))  # type: ignore[operator]
        return record_death(self.coordinator, DeathFacts(**known), are_duplicates_seen=True)  # type: ignore[arg-type]

    def asked(
        self, death: ChildDeath, agency: Agency | None = None, due_on: date = date(2012, 3, 1)
    ) -> AgencyReturn:
        """Return a return that an agency (the police) was asked for, due four weeks before the tests' day."""
        asked_on = min(date(2012, 2, 9), due_on)
        return ask_return(self.coordinator, death, agency or self.world.police, asked_on, due_on)

    def answered(self, death: ChildDeath, agency: Agency | None = None) -> AgencyReturn:
        """Return a return that has come."""
        asked = self.asked(death, agency)
        told = "The family was known to the school nurse."
        return answer_return(self.coordinator, asked, date(2012, 2, 20), "yes", told, asked.version)

    def meeting(
        self,
        held_on: date = date(2012, 4, 12),
        members: Sequence[User] | None = None,
        cases: Sequence[ChildDeath] = (),
        way: str = Way.BLIND,
    ) -> PanelMeeting:
        """Return a meeting with these members (the board's one member, unless told otherwise) and cases.

        Each member proposes alone there, unless told otherwise.
        """
        meeting = plan_meeting(self.coordinator, held_on, held_on - timedelta(days=7), way=way)
        for user in [self.world.cdop_member] if members is None else members:
            self.seat(meeting, user)
        for death in cases:
            self.case(meeting, death)
        return meeting

    def seat(self, meeting: PanelMeeting, user: User) -> User:
        """Return a member with a seat at a meeting."""
        seat_member(self.coordinator, meeting, user)
        return user

    def case(self, meeting: PanelMeeting, death: ChildDeath) -> PanelCase:
        """Return a case on a meeting's agenda."""
        return add_case(self.coordinator, meeting, death)

    def interest(self, death: ChildDeath, user: User | None = None) -> Interest:
        """Return an interest that somebody (the board's one member) declares for themself."""
        user = user or self.world.cdop_member
        return declare_interest(self.world.as_viewer(user), death, user, "The family are patients of mine.")

    def proposal(
        self, case: PanelCase, user: User | None = None, judgement: Judgement = JUDGED
    ) -> Categorisation:
        """Return what somebody (the board's one member) proposes on a case."""
        return propose(self.world.as_viewer(user or self.world.cdop_member), case, judgement)

    def draft(
        self,
        case: PanelCase,
        user: User | None = None,
        judgement: Judgement = JUDGED,
        reasons: str = "Clear.",
    ) -> Draft:
        """Return the draft that somebody (the co-ordinator) writes, or changes, of a case."""
        viewer = self.world.as_viewer(user) if user else self.coordinator
        return save_draft(viewer, case, judgement, reasons)

    def comment(
        self, case: PanelCase, text: str = "The sofa was new.", user: User | None = None
    ) -> DraftComment:
        """Return what somebody (the board's one member) says of a draft; "" where there is nothing to add."""
        return comment(self.world.as_viewer(user or self.world.cdop_member), case, text, not text)

    def close(self, meeting: PanelMeeting) -> PanelMeeting:
        """Return the meeting, its proposals closed and one agency there."""
        close_proposals(self.coordinator, PanelMeeting.get_by_id(meeting.id))
        if meeting.held_on <= clock.today():
            record_attendance(self.coordinator, meeting, self.world.police, "Detective inspector")
        return PanelMeeting.get_by_id(meeting.id)

    def decision(
        self, death: ChildDeath, judgement: Judgement = JUDGED, held_on: date = date(2012, 3, 29)
    ) -> PanelDecision:
        """Return a panel's decision on a case without proposals; a new panel where that day has none."""
        meeting = PanelMeeting.get_or_none(PanelMeeting.held_on == held_on)
        if meeting is None or meeting.closed_at is None:
            meeting = meeting or self.meeting(held_on)
            self.case(meeting, death)
            meeting = self.close(meeting)
        case = PanelCase.get(PanelCase.meeting == meeting, PanelCase.death == death)
        return decide(self.coordinator, case, judgement, "The panel agreed.", held_on)
