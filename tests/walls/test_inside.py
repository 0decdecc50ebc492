"""Inside the panel: no other panel's case, none of one's own interest, no other's proposal before closing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from flask import Flask

from kscb_actions.access.policy import Role
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.child_deaths.judging.models import Categorisation
from kscb_actions.child_deaths.judging.proposals import propose
from kscb_actions.child_deaths.meetings.models import Interest, PanelCase, PanelMeeting, PanelSeat
from kscb_actions.clock import now
from kscb_actions.config import Settings
from kscb_actions.database import writing
from kscb_actions.people.models import User
from kscb_actions.settings.models import District

from ..factories import World
from ..factories_deaths import Panel
from ..keeping import Keeper
from ..long import LONG
from .canaries import Planted, Planter
from .panel_work import JUDGED, OTHERWISE
from .walker import addresses, different, is_download, leaks, moved, walk

PROPOSED = ("categorisation.status_reason", "categorisation.learning", "factor.text proposed")
# Tables count all the panel's cases, for whoever sits on any panel; what is issued is for every reader.
COUNTED = ("/child-death-tables", "/published")
ROOMS = ("/deaths", "/panels", "/referrals")


@pytest.fixture
def other(world: World) -> User:
    """Give a second member, who knows what the first does not."""
    return world.person("second-member", Role.CDOP_MEMBER)


@pytest.fixture
def planted(world: World, settings: Settings, keeper: Keeper) -> Planted:
    """Give the second member's panel: one case, not decided yet, proposals open."""

    def plant() -> Planted:
        second = world.person("second-member", Role.CDOP_MEMBER)
        made = Planter(world, second).plant(but=("interest",))
        with writing():
            undecided = {"decision_number": 0, "reviewed_on": None, "primary_category": None, "status": ""}
            ChildDeath.update(**undecided).execute()
        return made

    return keeper.board("inside", world, settings, plant)


def seated(planted: Planted, user: User) -> User:
    """Give somebody a seat on the planted panel."""
    with writing():
        PanelSeat.create(meeting=planted.rows["panel_meeting"][0], user=user)
    return user


def declared(planted: Planted, user: User) -> User:
    """Declare somebody's interest in the planted case."""
    with writing():
        death = planted.rows["child_death"][0]
        planted.rows["interest"] = [
            Interest.create(death=death, user=user, nature="They are relatives.", declared_at=now())
        ]
    return user


def closed(planted: Planted) -> None:
    """Close the proposals."""
    with writing():
        PanelMeeting.update(closed_at=now()).where(
            PanelMeeting.id == planted.ids("panel_meeting")[0]
        ).execute()


def everything(app: Flask, planted: Planted) -> list[str]:
    """Return every address, where nothing of a kind was planted too."""
    filled = Planted(planted.canaries, {**planted.rows})
    filled.rows.setdefault("interest", planted.rows["child_death"])
    return addresses(app, filled)


def of_case(planted: Planted) -> set[str]:
    """Return the canaries that are about the case, not about the meeting or what is issued or drafted."""
    return planted.of(
        "child_death",
        "agency_return",
        "return_part",
        "return_file",
        "sent_return",
        "return_verdict",
        "return_erasure",
        "categorisation",
        "draft",
        "draft_comment",
        "panel_decision",
        "factor",
        "referral",
        "referral_answer",
    )


def seen(
    app: Flask, sign_in: Callable, planted: Planted, user: User, under: str | tuple[str, ...] = "/"
) -> list[str]:
    """Return what of the case is somewhere on somebody's pages, of those under these addresses.

    That something is to be seen is shown where it stands; that nothing is, on all pages.
    """
    wanted = [each for each in everything(app, planted) if LONG or each.startswith(under)]
    answers = walk(sign_in(user), wanted)
    assert [address for address, answer in answers.items() if answer.status >= 500] == []
    return sorted(
        {leak.split(": ")[1] for leak in leaks(answers, planted, set(planted.canaries) - of_case(planted))}
    )


def test_a_member_sees_nothing_of_another_panel(
    app: Flask, world: World, planted: Planted, sign_in: Callable
) -> None:
    answers = walk(sign_in(world.cdop_member), everything(app, planted))
    assert (
        list(
            leaks(
                answers,
                planted,
                planted.of("issued_report", "annual_draft", "withdrawn_report", "frozen_year"),
            )
        )
        == []
    )


def test_a_member_sees_the_case_and_no_proposal_of_another_before_closing(
    app: Flask, world: World, planted: Planted, sign_in: Callable
) -> None:
    found = seen(app, sign_in, planted, seated(planted, world.cdop_member))
    assert "child_death.circumstances" in found and "agency_return.summary" in found
    assert not proposals_in(found)


def proposals_in(found: list[str]) -> list[str]:
    """Return the places that belong to a proposal."""
    return [place for place in found if place in PROPOSED]


def test_the_co_ordinator_sees_no_proposal_before_closing(
    app: Flask, world: World, planted: Planted, sign_in: Callable
) -> None:
    found = seen(app, sign_in, planted, world.cdop_coordinator)
    assert "child_death.circumstances" in found and "sent_return.answers" in found
    assert "return_part.text" not in found, "what an agency has not sent is its own"
    assert not proposals_in(found)


def test_everybody_on_the_panel_sees_them_after_closing(
    app: Flask, world: World, planted: Planted, sign_in: Callable
) -> None:
    """Show that the tests above can fail."""
    closed(planted)
    for user in (world.cdop_coordinator, seated(planted, world.cdop_member)):
        assert proposals_in(seen(app, sign_in, planted, user, "/panels")) == sorted(PROPOSED)


CROSSED = (("cdop_member", False), ("second_coordinator", True))
ALL_OF_THEM = tuple(product(("cdop_member", "second_coordinator"), (False, True)))


# What a contact is shown of a case: its number, and what the agency itself saved, sent and was told.
OF_A_REQUEST = {
    "child_death.case_number",
    "return_part.text",
    "return_file.shown_name",
    "sent_return.answers",
    "return_verdict.reason",
    "return_erasure.reason",
    "return_erasure.decision_reason",
}


def test_a_contact_sees_what_their_agency_is_asked_and_answers_and_nothing_else(
    app: Flask, world: World, planted: Planted, sign_in: Callable
) -> None:
    contact = world.person("health-contact", Role.DEATH_CONTACT, agency=world.health)
    found = set(seen(app, sign_in, planted, contact))
    assert {"return_part.text", "child_death.case_number"} <= found <= OF_A_REQUEST
    assert seen(app, sign_in, planted, world.death_contact) == [], "of another agency"
    assert seen(app, sign_in, planted, declared(planted, contact)) == []


@pytest.mark.parametrize(("who", "is_closed"), ALL_OF_THEM if LONG else CROSSED)
def test_an_own_interest_hides_everything_of_the_case(
    app: Flask, world: World, planted: Planted, sign_in: Callable, who: str, is_closed: bool
) -> None:
    if is_closed:
        closed(planted)
    if who == "cdop_member":
        user = seated(planted, world.cdop_member)
    else:
        user = world.person("second-coordinator", Role.CDOP_COORDINATOR)
    assert seen(app, sign_in, planted, user, "/deaths"), "nothing was to be seen before, so nothing is proven"
    assert seen(app, sign_in, planted, declared(planted, user)) == []


def test_a_draft_and_what_is_said_of_it_are_seen_from_a_seat_and_hidden_by_an_interest(
    app: Flask, world: World, planted: Planted, sign_in: Callable
) -> None:
    with writing():
        PanelMeeting.update(way="draft").execute()
    drafted = {"draft.reasons", "draft.learning", "draft_comment.text", "factor.text drafted"}
    assert not drafted & set(seen(app, sign_in, planted, world.cdop_member, ROOMS))
    user = seated(planted, world.cdop_member)
    found = seen(app, sign_in, planted, user)
    assert drafted <= set(found) and not proposals_in(found)
    assert seen(app, sign_in, planted, declared(planted, user)) == []


class TwoMembers:
    """Hold a case on a panel of two, with proposals open; and a second meeting of which one knows nothing."""

    def __init__(self, world: World, other: User) -> None:
        self.panel, self.world, self.other = Panel(world), world, other
        self.death, self.elsewhere = self.panel.death(), self.panel.death(died_on=date(2011, 10, 1))
        self.meeting = self.panel.meeting(members=[world.cdop_member, other], cases=[self.death])
        self.second = self.panel.meeting(date(2012, 5, 10), members=[other], cases=[self.elsewhere])
        propose(self.other.viewer, self.case(self.meeting), JUDGED)

    def case(self, meeting: PanelMeeting) -> PanelCase:
        """Return the one case of a meeting."""
        return PanelCase.get(PanelCase.meeting == meeting)

    def addresses(self, app: Flask) -> list[str]:
        """Return every address of these things."""
        rows = {
            "child_death": list(ChildDeath.select()),
            "panel_meeting": list(PanelMeeting.select()),
            "interest": [self.death],
            "draft_comment": [self.death],
            "agency_return": [self.death],
            "return_file": [self.death],
            "referral": [self.death],
            "issued_report": [self.death],
            "attendance": [self.death],
            "district": [District.get()],
        }
        return addresses(app, Planted(rows=rows))


@pytest.fixture
def two(world: World, other: User) -> TwoMembers:
    """Give the panel of two."""
    return TwoMembers(world, other)


@pytest.mark.parametrize("who", ["cdop_member", "cdop_coordinator"])
def test_what_another_proposes_moves_nothing_before_closing(
    app: Flask, two: TwoMembers, sign_in: Callable, who: str
) -> None:
    client = sign_in(getattr(two.world, who))
    wanted = [each for each in two.addresses(app) if not is_download(each)]
    before = walk(client, wanted)
    more = replace(OTHERWISE, categories=frozenset({2, 9}), factors=JUDGED.factors, status="identified")
    for version, judgement in enumerate((more, OTHERWISE), start=1):
        propose(two.other.viewer, two.case(two.meeting), judgement, version)
        assert not LONG or different(before, walk(client, wanted)) == []
    assert moved(client, before) == []
    rooms = [each for each in wanted if each.startswith("/panels")]
    own = walk(sign_in(two.other), rooms)
    propose(two.other.viewer, two.case(two.meeting), JUDGED, 3)
    assert different(own, walk(sign_in(two.other), rooms)), "the one who proposed sees no change either"


def test_what_another_panel_does_moves_nothing_for_a_member(
    app: Flask, two: TwoMembers, sign_in: Callable
) -> None:
    client = sign_in(two.world.cdop_member)
    wanted = [each for each in two.addresses(app) if not (each.startswith(COUNTED) or is_download(each))]
    before = walk(client, wanted)
    two.panel.death(died_on=date(2011, 9, 2), is_abuse_suspected=True)
    two.panel.asked(two.elsewhere)
    two.panel.interest(two.elsewhere, two.other)
    two.panel.meeting(date(2012, 6, 14), members=[two.other])
    assert moved(client, before) == []


def test_agreement_leaves_out_the_case_of_ones_own_interest(
    app: Flask, world: World, planted: Planted, sign_in: Callable
) -> None:
    """Leave out a single case too: its share of agreement would disclose what the members said."""
    closed(planted)
    client = sign_in(world.person("second-coordinator", Role.CDOP_COORDINATOR))
    with writing():
        first = planted.rows["categorisation"][0]
        values = {**first.__data__, "id": None, "member": world.cdop_member.id, "status": "none"}
        second = Categorisation.create(**values)
    agreed = client.get("/panels/agreement").get_data(as_text=True)
    with writing():
        Categorisation.update(status="identified").where(Categorisation.id == second.id).execute()
    assert main(client) != main_of(agreed), "the statistics do not move at all"
    declared(planted, User.get(User.email.startswith("second-coordinator")))
    without = main(client)
    with writing():
        Categorisation.update(status="none", categories="1").where(Categorisation.id == second.id).execute()
    assert main(client) == without


def main(client: object) -> str:
    """Return the main part of the agreement page."""
    return main_of(client.get("/panels/agreement").get_data(as_text=True))  # type: ignore[attr-defined]


def main_of(page: str) -> str:
    """Return what stands between the main tags."""
    return page.partition("<main")[2].partition("</main>")[0]
