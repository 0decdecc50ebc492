"""A small board with a canary in every text of the rooms of child deaths."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask, render_template
from flask_login import current_user

from kscb_actions import clock, terms
from kscb_actions.access.policy import Role
from kscb_actions.assurance.challenges.service import Subject, raise_challenge
from kscb_actions.audit.service import change
from kscb_actions.config import Settings
from kscb_actions.mail.rules import NOTHING
from kscb_actions.mail.service import queue
from kscb_actions.people.models import User
from kscb_actions.web import errors

from ..factories import World
from ..keeping import Keeper
from ..long import LONG
from ..terms.renamed import rename_all
from .canaries import Planted, Planter
from .walker import addresses

SEARCHED = "/actions?q={0} /reviews?q={0} /audit?event={0} /audit?review={0} /people?q={0}"


@dataclass
class Board:
    """Hold the board: who is on it, what was planted, and every address there is."""

    world: World
    member: User
    planted: Planted
    addresses: list[str]

    def person(self, role: Role | None) -> User | None:
        """Return somebody who has this role alone; None for nobody."""
        own = {Role.AGENCY_LEAD: "police_lead", Role.BOARD_MEMBER: "police_member"}
        return getattr(self.world, own.get(role, role.value)) if role else None


@pytest.fixture(autouse=True)
def refusals_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw a page of an error once for a person and what it says: a walk is refused hundreds of times."""
    drawn: dict[tuple[object, str, str], str] = {}

    def once(template: str, **told: object) -> str:
        key = (current_user.get_id(), template, str(told))
        if key not in drawn:
            drawn[key] = render_template(template, **told)
        return drawn[key]

    if not LONG:
        monkeypatch.setattr(errors, "render_template", once)


@pytest.fixture
def board(app: Flask, world: World, settings: Settings, keeper: Keeper) -> Board:
    """Give the board with a review, its action and evidence, mail of both kinds, and the canaries."""
    return keeper.board("walls", world, settings, lambda: planted_board(app, world))


@pytest.fixture
def renamed(app: Flask, world: World, settings: Settings, keeper: Keeper) -> Iterator[Board]:
    """Give the same board on which everything was called otherwise from its first day."""

    def made() -> Board:
        rename_all(world)
        return planted_board(app, world)

    yield keeper.board("renamed", world, settings, made)
    terms.use(terms.Terms())


def planted_board(app: Flask, world: World) -> Board:
    """Make the board."""
    action = world.action(
        due_on=date(2012, 2, 1), recommendation=world.recommendation(world.review("SCR-2011-01"))
    )
    world.evidence(action)
    world.submission(world.action(recommendation=action.recommendation))
    subject = Subject(world.police, action, action.recommendation)
    with clock.at(date(2012, 3, 1)):
        raise_challenge(world.as_viewer(world.chair), subject, "lead", "Why?", date(2012, 3, 26), "")
    with change(world.as_viewer(world.manager)) as tx:
        queue(tx, world.police_lead, "Something is due", "An action is due.", NOTHING)
    # The planted panel is that of somebody who holds another role too, as people do.
    member = world.person("panel-lead", Role.CDOP_MEMBER, Role.AGENCY_LEAD, agency=world.health)
    planted = Planter(world, member).plant()
    more = "/ /audit?page=1 /outbox?state=queued /actions?sort=agency"
    more += " /reports/progress?review=SCR-2011-01&appendix=actions"
    return Board(world, member, planted, addresses(app, planted, tuple(more.split())))
