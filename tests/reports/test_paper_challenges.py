"""The Board's challenges in the progress paper: as at its day, the same on the page and in Word."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from kscb_actions import clock
from kscb_actions.assurance.challenges.service import Subject, raise_challenge

from ..assurance.challenges.asking import NEXT_REPLY_BY, REPLY_BY, URL, answered, closed, escalated, raised
from ..assurance.challenges.test_services import restricted_action
from ..factories import TODAY, World
from ..reading import see
from .faces import decisions_of, rows_if_any, rows_of
from .stories import everything, report

CAPTION = "Challenges not closed, then those closed since"
LATER = date(2012, 6, 20)


def test_a_paper_without_challenges_has_no_section_of_them(world: World) -> None:
    world.action()
    assert "Challenges" not in [section.heading for section in report(world.reader).sections]


def test_the_paper_lists_what_is_open_and_what_was_closed_since(world: World) -> None:
    done = closed(world, answered(world, raised(world)))
    higher = escalated(world, answered(world, raised(world)))
    waiting = raised(world, level="board_member")
    wide = raise_challenge(
        world.as_viewer(world.chair), Subject(world.health), "lead", "What is the plan?", REPLY_BY, URL
    )
    made = report(world.reader, LATER)
    rows = rows_of(made, CAPTION)
    assert [(row[0], row[3], row[6]) for row in rows] == [
        (f"Challenge C{waiting.id}", "Agency’s Board member", "No answer, 61 days late"),
        (f"Challenge C{wide.id}", "Agency lead", "No answer, 61 days late"),
        (f"Challenge C{higher.id}", "Agency’s Board member", "No answer, 20 days late"),
        (
            f"Challenge C{done.id}",
            "Agency lead",
            "Closed, 30 Mar 2012: Something changed because of it",
        ),
    ]
    assert [row[1] for row in rows][1] == "The agency’s work" and rows[0][1].startswith("SCR-2011-")
    [section] = [each for each in made.sections if each.heading == "Challenges"]
    assert section.blocks[0].text == (  # type: ignore[union-attr]
        "3 challenges are not closed; 3 of them had no answer by the date to reply by. Since 20 March 2012: "
        "4 raised, 1 of these answered in time; 1 closed, 1 of them with something changed because of it."
    )
    assert any(text.startswith("TAKE HIGHER, late: C") for text in decisions_of(made))


def test_a_paper_of_a_past_day_has_what_was_so_then(world: World) -> None:
    challenge = raised(world)
    with clock.at(TODAY + timedelta(days=5)):
        challenge = escalated(world, answered(world, challenge))
    with clock.at(TODAY + timedelta(days=9)):
        closed(world, challenge)
    days = [(0, "Agency lead"), (5, "Agency’s Board member"), (9, "Agency’s Board member")]
    for day, level in days:
        made = report(world.reader, LATER, as_at=TODAY + timedelta(days=day))
        [row] = rows_of(made, CAPTION)
        assert row[3] == level
        assert row[6].startswith("Closed") == (day == 9)
        assert row[5] == ("20 Apr 2012" if day == 0 else "31 May 2012")
    assert NEXT_REPLY_BY == date(2012, 5, 31)


def test_one_agency_and_one_review_have_their_own_and_the_public_has_none(world: World) -> None:
    challenge = raised(world)
    raise_challenge(world.as_viewer(world.chair), Subject(world.health), "lead", "Why?", REPLY_BY, URL)

    def listed(**choice: str) -> int:
        found = [each for each in report(world.reader, **choice).sections if each.heading == "Challenges"]
        return len(rows_of(report(world.reader, **choice), CAPTION)) if found else 0

    assert (listed(), listed(agency="KPOL"), listed(agency="KPRO")) == (2, 1, 0)
    assert listed(review=challenge.review.reference) == 1
    assert "heard since March" not in everything(world.reader, publication=True)


def test_a_challenge_of_a_restricted_review_is_in_no_paper_unless_ticked_by_somebody_named(
    world: World,
) -> None:
    raised(world, restricted_action(world, world.second_chair, world.police_lead))  # type: ignore[arg-type]
    assert "heard since March" not in everything(world.second_chair)
    assert "heard since March" in everything(world.second_chair, restricted=True)
    assert "heard since March" not in everything(world.chair, restricted=True)


def test_the_page_leads_to_the_challenge_and_to_a_new_one(world: World, sign_in: Callable) -> None:
    challenge = raised(world)
    theirs, own = (world.action(date(2012, 3, 2), agency) for agency in (world.health, world.probation))
    page = see(sign_in(world.chair), "/reports/progress?appendix=exceptions")
    links = dict(page.links())
    assert links[f"Challenge C{challenge.id}"] == f"/challenges/{challenge.id}"
    assert links["Kent Police"] == "/agencies/KPOL/challenge?paper=2012-03-30"
    assert "Kent Probation" not in links
    # Of the chair's own agency no action either; of others each that is named as an exception.
    begins = links[f"Challenge {theirs.reference}"]
    assert begins == f"/reviews/SCR-2011-02/actions/{theirs.number}/challenge?paper=2012-03-30"
    assert own.reference in links and f"Challenge {own.reference}" not in links
    assert "Kent Police" not in dict(
        see(sign_in(world.reader), "/reports/progress?appendix=exceptions").links()
    )


def test_an_exception_says_that_it_is_challenged_while_it_is(world: World) -> None:
    challenge = raised(world)
    world.action(date(2012, 3, 2))
    with clock.at(TODAY + timedelta(days=9)):
        closed(world, answered(world, challenge))

    def challenged(**choice: object) -> list[str]:
        made = report(world.reader, LATER, **choice)
        found = [each for each in made.sections if each.heading == "Exceptions"]
        tables = tuple(replace(each, blocks=each.blocks[2:]) for each in found)
        rows = rows_if_any(replace(made, sections=tables), "Exceptions")
        words = f"challenge C{challenge.id} open since 30 Mar 2012"
        return [row[0] for row in rows if words in " ".join(row)]

    assert challenged(as_at=TODAY) == [challenge.action.reference]
    assert challenged(as_at=TODAY + timedelta(days=8)) == [challenge.action.reference]
    assert challenged(as_at=TODAY + timedelta(days=9)) == []
    assert challenged(as_at=TODAY, publication=True) == []
