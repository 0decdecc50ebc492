"""The stories an action can have, each a short sequence of moves; `expand` gives a story's dated steps."""

from collections.abc import Callable
from datetime import date, timedelta

from .telling import QUIET_LIMIT, DoesNotFit, Operation, Phrases, Plot, Step, Teller
from .working_days import on_or_before

Story = Callable[[Teller], None]


def expand(plot: Plot, phrases: Phrases, today: date) -> list[Step]:
    """The steps of `plot` in order of time, none after `today`. Raises DoesNotFit."""
    if plot.story not in STORIES:
        raise DoesNotFit(f"{plot.key}: there is no story called {plot.story}")
    teller = Teller(plot, phrases, today)
    STORIES[plot.story](teller)
    return teller.steps


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def _done_by(teller: Teller, on: date) -> None:
    teller.work(on - days(8))
    teller.finish(on)


def accepted_on_time(teller: Teller) -> None:
    """Worked on, reported done before it was due, accepted."""
    _done_by(teller, min(teller.due() - days(teller.some("finish", 3, 14)), teller.last_judged_on()))
    teller.judge(accepted=True)


def accepted_early(teller: Teller) -> None:
    """Done well before it was due, accepted."""
    early = (teller.due() - teller.last) // 6
    _done_by(teller, min(teller.due() - early, teller.last_judged_on()))
    teller.judge(accepted=True)


def accepted_late(teller: Teller) -> None:
    """Done some weeks late, accepted."""
    _done_by(teller, min(teller.due() + days(teller.some("finish", 18, 44)), teller.last_judged_on()))
    teller.judge(accepted=True)


def accepted_very_late(teller: Teller) -> None:
    """Done half a year late or more, accepted."""
    _done_by(teller, teller.due() + days(teller.some("finish", 190, 290)))
    teller.judge(accepted=True)


def accepted_undated(teller: Teller) -> None:
    """Never had a due date; done and accepted."""
    _done_by(teller, teller.last + days(teller.some("finish", 150, 200)))
    teller.judge(accepted=True)


def _returned(teller: Teller, on: date) -> None:
    teller.work(on - days(8), teller.plot.notes[:1])
    teller.finish(on)
    teller.judge(accepted=False)


def _mended(teller: Teller) -> None:
    teller.update(teller.last + days(teller.some("mending", 6, 10)), teller.words("after_return"))
    teller.finish_again(teller.last + days(teller.some("mended", 9, 12)))


def returned_then_accepted(teller: Teller) -> None:
    """Returned once for what was missing, then accepted."""
    _returned(teller, teller.due() - days(12))
    _mended(teller)
    teller.judge(accepted=True)


def returned_twice_then_accepted(teller: Teller) -> None:
    """Returned twice, then accepted."""
    _returned(teller, teller.due() - days(12))
    _mended(teller)
    teller.judge(accepted=False)
    for note in teller.plot.notes[1:]:
        teller.update(teller.last + days(12), note)
    _mended(teller)
    teller.judge(accepted=True)


def extended_then_accepted(teller: Teller) -> None:
    """More time asked and agreed, done within it, accepted."""
    until = teller.due() + days(75)
    _extended(teller, until)
    teller.work(until - days(20), [teller.words("middle")])
    teller.finish(until - days(9))
    teller.judge(accepted=True)


def evidence_replaced(teller: Teller) -> None:
    """The wrong file attached, withdrawn and replaced; then done and accepted."""
    on = min(teller.due() - days(8), teller.last_judged_on())
    teller.work(on - days(14))
    teller.evidence(on - days(6), [teller.words("evidence")])
    reason = teller.words("wrong_evidence")
    teller.step(on - days(2), Operation.WITHDRAW_EVIDENCE, teller.plot.lead, index=0, reason=reason)
    teller.finish(on)
    teller.judge(accepted=True)


def submitted_waiting(teller: Teller) -> None:
    """Reported done in time; waits for the Board's check."""
    recent = teller.today - days(teller.some("done", 2, 20))
    _done_by(teller, on_or_before(min(teller.due() - days(1), recent)))


def submitted_late_waiting(teller: Teller) -> None:
    """Reported done late; waits for the Board's check."""
    late = teller.due() + days(teller.some("done", 9, 40))
    _done_by(teller, on_or_before(min(late, teller.today - days(teller.some("latest", 2, 8)))))


def submitted_long_waiting(teller: Teller) -> None:
    """Reported done in time, and left unchecked for months."""
    _done_by(teller, teller.due() - days(4))


def returned_waiting(teller: Teller) -> None:
    """Returned; there is still time to put it right."""
    _returned(teller, teller.last_judged_on() - days(teller.some("done", 0, 20)))
    teller.update(teller.last + days(5), teller.words("after_return"))


def returned_overdue(teller: Teller) -> None:
    """Returned, and the due date has passed."""
    _returned(teller, min(teller.due() + days(teller.some("done", -6, 12)), teller.last_judged_on()))
    if (teller.today - teller.last).days > 60:
        teller.work(teller.today - days(45), [teller.words("after_return"), *teller.plot.notes[1:]])
    else:
        teller.update(teller.last + days(5), teller.words("after_return"))


def overdue_silent(teller: Teller) -> None:
    """A word at the start or none at all, then silence past the due date."""
    if teller.plot.notes or teller.some("begins", 0, 2):
        teller.one_word(after=days(teller.some("start", 14, 30)))


def overdue_with_updates(teller: Teller) -> None:
    """Late, and the agency keeps saying why."""
    teller.work(teller.today - days(40))
    teller.latest("slipping")


def cannot_be_done(teller: Teller) -> None:
    """The agency says that it cannot do it, and why."""
    on = min(teller.due() - days(15), teller.today - days(teller.some("said", 9, 20)))
    teller.work(on - days(15))
    teller.update(on, teller.words("cannot", own="why"), progress="cannot_be_done")


def _extended(teller: Teller, until: date) -> None:
    on = min(teller.due() - days(teller.some("asked", 14, 20)), teller.today - days(25))
    teller.work(on - days(6))
    teller.ask(on, until)
    teller.answer(on + days(8), agreed=True, until=until)


def extension_refused(teller: Teller) -> None:
    """More time refused; now overdue."""
    on = teller.due() - days(teller.some("asked", 10, 18))
    teller.work(on - days(6))
    teller.ask(on, teller.due() + days(110))
    teller.answer(on + days(8), agreed=False)
    teller.update(teller.last + days(12), teller.words("after_refusal"))
    teller.latest("slipping")


def extension_waiting(teller: Teller) -> None:
    """More time asked for; not decided yet."""
    on = teller.today - days(teller.some("asked", 3, 10))
    teller.work(on - days(12))
    teller.ask(on, teller.plot.own["ask_until"])


def extended_once(teller: Teller) -> None:
    """More time agreed once; on course for the new date."""
    until = max(teller.due() + days(75), teller.today + days(45))
    _extended(teller, until)
    teller.latest("steady")


def extended_twice(teller: Teller) -> None:
    """More time agreed twice; the new date is still ahead."""
    first = teller.due() + days(45)
    _extended(teller, first)
    on = min(first - days(14), teller.today - days(15))
    teller.work(on - days(4), [teller.words("middle")])
    until = max(first + days(60), teller.today + days(50))
    teller.ask(on, until)
    teller.answer(on + days(6), agreed=True, until=until, pool="agreed_again")


def moved_by_board(teller: Teller) -> None:
    """The Board itself gave a new date."""
    on = teller.today - days(teller.some("moved", 35, 50))
    teller.work(on - days(5))
    reason = teller.words("moved", own="moved")
    to = teller.plot.own["moved_to"]
    teller.step(on, Operation.CHANGE_DUE_DATE, due_on=to, reason=reason)
    teller.latest("steady")


def on_course(teller: Teller) -> None:
    """Going as planned."""
    teller.work(on_or_before(teller.today - days(teller.some("until", 8, 40))))
    if "latest" in teller.plot.own or (teller.today - teller.last).days > QUIET_LIMIT:
        teller.latest("steady")


def due_soon(teller: Teller) -> None:
    """Due within days and nearly done."""
    teller.work(teller.today - days(32))
    teller.latest("closing")


def no_update_90_days(teller: Teller) -> None:
    """Not due yet, but nothing heard for three months."""
    teller.work(teller.today - days(teller.some("until", 96, 140)))
    if not teller.steps:
        teller.one_word(after=days(10))


def no_date(teller: Teller) -> None:
    """Under way with no due date."""
    teller.work(teller.today - days(40))
    teller.latest("steady")


def not_started(teller: Teller) -> None:
    """Not due and not begun; said so if it has been long."""
    if (teller.today - teller.last).days > 80:
        on = on_or_before(teller.today - days(teller.some("said", 15, 50)))
        teller.update(on, teller.words("waiting_to_start"), progress="not_started")


def _stopped(teller: Teller, standing: str) -> None:
    on = teller.plot.own["stopped_on"]
    teller.work(min(on, teller.due()) - days(20))
    teller.standing(on, standing, str(teller.plot.own["why"]))


def superseded(teller: Teller) -> None:
    """Replaced by something else."""
    _stopped(teller, "superseded")


def withdrawn(teller: Teller) -> None:
    """Taken back by the subgroup."""
    _stopped(teller, "withdrawn")


def on_hold(teller: Teller) -> None:
    """Waits for something outside."""
    _stopped(teller, "on_hold")


def resumed(teller: Teller) -> None:
    """Was on hold and goes on."""
    _stopped(teller, "on_hold")
    teller.standing(teller.last + days(teller.some("resumed", 35, 50)), "active", teller.words("resumed"))
    teller.work(teller.today - days(teller.some("until", 8, 20)), [teller.words("middle")])


STORIES: dict[str, Story] = {
    told.__name__: told
    for told in (
        accepted_on_time, accepted_early, accepted_late, accepted_very_late, accepted_undated,
        returned_then_accepted, returned_twice_then_accepted, extended_then_accepted, evidence_replaced,
        submitted_waiting, submitted_late_waiting, submitted_long_waiting, returned_waiting, returned_overdue,
        overdue_silent, overdue_with_updates, cannot_be_done, extension_refused, extension_waiting,
        extended_once, extended_twice, moved_by_board, on_course, due_soon, no_update_90_days, no_date,
        not_started, superseded, withdrawn, on_hold, resumed,
    )
}  # fmt: skip
