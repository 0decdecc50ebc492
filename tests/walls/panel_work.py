"""A panel's whole work on one death, step by step: what must move nothing outside the panel."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.cases.rules import DeathFacts
from kscb_actions.child_deaths.cases.service import edit_death, facts_of, record_death
from kscb_actions.child_deaths.judging.decisions import correct, decide
from kscb_actions.child_deaths.judging.proposals import close_proposals, propose
from kscb_actions.child_deaths.judging.rules import FactorFacts, Judgement
from kscb_actions.child_deaths.learning.models import Referral
from kscb_actions.child_deaths.learning.referrals import answer_referral, record_referral
from kscb_actions.child_deaths.meetings.interests import declare_interest, lift_interest
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting
from kscb_actions.child_deaths.meetings.rules import Way
from kscb_actions.child_deaths.meetings.service import add_case, plan_meeting, record_attendance, seat_member
from kscb_actions.child_deaths.requests.rules import Answer
from kscb_actions.child_deaths.requests.service import save_part
from kscb_actions.child_deaths.returns.models import AgencyReturn
from kscb_actions.child_deaths.returns.service import answer_return, ask_return
from kscb_actions.people.models import User
from tests.figures.annual.issuing import issue_year

from ..child_deaths.requests.making import Asked
from ..factories import TODAY, World

JUDGED = Judgement(
    frozenset({1}),
    "identified",
    "A reason.",
    (FactorFacts("parenting", "co_sleeping", "2", "A factor.", True),),
    "A lesson.",
)
OTHERWISE = Judgement(frozenset({8}), "none", "Another reason.")
HELD_ON = TODAY


class PanelWork:
    """Do a panel's work on one more death, step by step; each step is called by its name."""

    def __init__(self, world: World, member: User) -> None:
        self.world, self.member = world, member
        self.keeper = world.as_viewer(world.cdop_coordinator)

    def steps(self) -> dict[str, Callable[[], object]]:
        """Return every step that is the panel's own affair, in order."""
        return {
            "record": self.record,
            "edit": lambda: edit_death(
                self.keeper, self.death, replace(facts_of(self.death), is_abuse_suspected=True), 1
            ),
            "ask the contact": self.request,
            "ask": lambda: ask_return(
                self.keeper, self.death, self.world.police, date(2012, 1, 9), date(2012, 2, 6)
            ),
            "answer": self.answer,
            "plan": lambda: plan_meeting(
                self.keeper, HELD_ON, HELD_ON - timedelta(days=7), "A note.", Way.BLIND
            ),
            "seat": lambda: seat_member(self.keeper, self.meeting, self.member),
            "add": lambda: add_case(self.keeper, self.meeting, self.death),
            "attend": lambda: record_attendance(self.keeper, self.meeting, self.world.police, "A post"),
            "propose": lambda: propose(self.member.viewer, self.panel_case, JUDGED),
            "propose otherwise": lambda: propose(self.member.viewer, self.panel_case, OTHERWISE, 1),
            "declare": lambda: declare_interest(self.keeper, self.death, self.member, "A reason."),
            "lift": lambda: lift_interest(
                self.keeper, Interest.select().order_by(Interest.id.desc()).get(), "Over."
            ),
            "close": lambda: close_proposals(self.keeper, self.meeting),
            "decide": lambda: decide(self.keeper, self.panel_case, JUDGED, "The reasons.", HELD_ON),
            "correct": lambda: correct(
                self.keeper, self.death, OTHERWISE, "Other reasons.", HELD_ON, "It was wrong."
            ),
            "not referred": lambda: record_referral(self.keeper, self.death, False, "A reason.", HELD_ON),
        }

    def record(self) -> ChildDeath:
        """Record the death."""
        facts = DeathFacts(
            case_number="11/777", died_on=date(2011, 12, 6), notified_on=date(2011, 12, 7), age_days=99,
            sex="female", ethnicity="indian", district="dover", place="home", expected="unexpected",
        )  # fmt: skip
        return record_death(self.keeper, facts, are_duplicates_seen=True)

    def request(self) -> None:
        """Ask an agency's contact, who answers, is returned the answer, and answers again."""
        asked = Asked(self.world, self.death)
        asked.attached()
        asked.sent()
        asked.judged("returned", "What else?")
        save_part(asked.contact, asked.row, "knows", Answer("All of it.", "yes"), 1)
        asked.sent()
        asked.judged("accepted")

    def answer(self) -> AgencyReturn:
        """Record an agency's answer."""
        row = AgencyReturn.select().order_by(AgencyReturn.id.desc()).get()
        return answer_return(self.keeper, row, date(2012, 2, 1), "yes", "What it knows.", row.version)

    def refer(self) -> Referral:
        """Refer it to the subgroup after all."""
        return record_referral(self.keeper, self.death, True, "A reason.", HELD_ON)

    def answer_referral(self) -> object:
        """Record the answer of the subgroup's chair."""
        chair = self.world.as_viewer(self.world.chair)
        return answer_referral(
            chair, Referral.select().order_by(Referral.id.desc()).get(), "none", "A reason.", HELD_ON
        )

    def issue(self) -> object:
        """Issue the year's report."""
        return issue_year("2011-12")

    @property
    def death(self) -> ChildDeath:
        """Return the death as it is now."""
        return ChildDeath.get(ChildDeath.case_number == "11/777")

    @property
    def meeting(self) -> PanelMeeting:
        """Return the meeting as it is now."""
        return PanelMeeting.get(PanelMeeting.held_on == HELD_ON)

    @property
    def panel_case(self) -> PanelCase:
        """Return the death on its agenda."""
        return PanelCase.get(PanelCase.meeting == self.meeting, PanelCase.death == self.death)
