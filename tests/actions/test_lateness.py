"""What a list does with a late action hangs on the rule, never on the words it shows."""

import pytest

from kscb_actions.actions import listing, rating
from kscb_actions.actions.listing import list_one, list_own_work
from kscb_actions.actions.models import facts_of
from kscb_actions.actions.queries import get_action
from kscb_actions.settings.rules import Thresholds

from ..factories import TODAY, World
from .rows import put
from .test_rating import due, facts


@pytest.mark.parametrize("late", [True, False])
def test_an_action_is_late_whatever_its_words_say(
    world: World, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = world.action(due_on=TODAY)
    put(action, due(-1 if late else 1))
    monkeypatch.setattr(
        listing, "words_of_timeliness", lambda *_: "Due in 9 days" if late else "Overdue: not so"
    )
    found = get_action(world.reader.viewer, action.review.reference, action.number)
    assert found is not None
    assert list_one(found, TODAY, Thresholds()).is_late is late


def test_a_leads_work_stands_in_the_order_of_the_table_of_urgency(world: World) -> None:
    cases = [facts(current_due_on=None), due(3), due(90), due(90, assurance="returned"), due(-1)]
    for case in cases:
        put(world.action(due_on=TODAY), case)
    rows = list_own_work(world.police_lead.viewer, TODAY, Thresholds(), everyone=False).page.rows
    order = [rating.urgency(facts_of(row.action), TODAY, Thresholds()) for row in rows]
    assert order == sorted(order) and len(order) == len(cases)
    pressing = [row.action.current_due_on for row in rows][:2]
    assert pressing == sorted(pressing)
    assert rows[-1].action.current_due_on is None
