"""The stories an action can have, each a short sequence of steps; `expand` gives a story's dated steps."""

from collections.abc import Callable
from datetime import date, timedelta

from .schedule import on_or_before
from .story_builder import QUIET_LIMIT, DoesNotFit, Operation, Phrases, Plot, StoryBuilder, StoryStep

Story = Callable[[StoryBuilder], None]


def expand(plot: Plot, phrases: Phrases, today: date) -> list[StoryStep]:
    """Return the steps of `plot` in order of time, none after `today`. Raise DoesNotFit."""
    if plot.story not in STORIES:
        raise DoesNotFit(f"{plot.key}: there is no story called {plot.story}")
    story = StoryBuilder(plot, phrases, today)
    STORIES[plot.story](story)
    return story.steps


def days(count: int) -> timedelta:
    """Return so many days."""
    return timedelta(days=count)


def _done_by(story: StoryBuilder, on: date) -> None:
    story.work(on - days(8))
    story.finish(on)


def accepted_on_time(story: StoryBuilder) -> None:
    """Work, report done before the due date, accept."""
    _done_by(story, min(story.due() - days(story.some("finish", 3, 14)), story.last_judged_on()))
    story.judge(accepted=True)


def accepted_early(story: StoryBuilder) -> None:
    """Report done well before the due date, accept."""
    early = (story.due() - story.last) // 6
    _done_by(story, min(story.due() - early, story.last_judged_on()))
    story.judge(accepted=True)


def accepted_late(story: StoryBuilder) -> None:
    """Report done some weeks late, accept."""
    _done_by(story, min(story.due() + days(story.some("finish", 18, 44)), story.last_judged_on()))
    story.judge(accepted=True)


def accepted_very_late(story: StoryBuilder) -> None:
    """Report done half a year late or more, accept."""
    _done_by(story, story.due() + days(story.some("finish", 190, 290)))
    story.judge(accepted=True)


def accepted_undated(story: StoryBuilder) -> None:
    """Report done and accept what never had a due date."""
    _done_by(story, story.last + days(story.some("finish", 150, 200)))
    story.judge(accepted=True)


def _returned(story: StoryBuilder, on: date) -> None:
    story.work(on - days(8), story.plot.notes[:1])
    story.finish(on)
    story.judge(accepted=False)


def _mended(story: StoryBuilder) -> None:
    story.update(story.last + days(story.some("mending", 6, 10)), story.words("after_return"))
    story.finish_again(story.last + days(story.some("mended", 9, 12)))


def returned_then_accepted(story: StoryBuilder) -> None:
    """Return once for what was missing, then accept."""
    _returned(story, story.due() - days(12))
    _mended(story)
    story.judge(accepted=True)


def returned_twice_then_accepted(story: StoryBuilder) -> None:
    """Return twice, then accept."""
    _returned(story, story.due() - days(12))
    _mended(story)
    story.judge(accepted=False)
    for note in story.plot.notes[1:]:
        story.update(story.last + days(12), note)
    _mended(story)
    story.judge(accepted=True)


def extended_then_accepted(story: StoryBuilder) -> None:
    """Ask for more time, agree to it, report done within it, accept."""
    until = story.due() + days(75)
    _extended(story, until)
    story.work(until - days(20), [story.words("middle")])
    story.finish(until - days(9))
    story.judge(accepted=True)


def evidence_replaced(story: StoryBuilder) -> None:
    """Attach the wrong file, withdraw and replace it; then report done and accept."""
    on = min(story.due() - days(8), story.last_judged_on())
    story.work(on - days(14))
    story.evidence(on - days(6), [story.words("evidence")])
    reason = story.words("wrong_evidence")
    story.step(on - days(2), Operation.WITHDRAW_EVIDENCE, story.plot.lead, index=0, reason=reason)
    story.finish(on)
    story.judge(accepted=True)


def submitted_waiting(story: StoryBuilder) -> None:
    """Report done in time; it waits for the Board's check."""
    recent = story.today - days(story.some("done", 2, 20))
    _done_by(story, on_or_before(min(story.due() - days(1), recent)))


def submitted_late_waiting(story: StoryBuilder) -> None:
    """Report done late; it waits for the Board's check."""
    late = story.due() + days(story.some("done", 9, 40))
    _done_by(story, on_or_before(min(late, story.today - days(story.some("latest", 2, 8)))))


def submitted_long_waiting(story: StoryBuilder) -> None:
    """Report done in time, and leave it unchecked for months."""
    _done_by(story, story.due() - days(4))


def accepted_then_reopened(story: StoryBuilder) -> None:
    """Accept it in time, and reopen it later with a new date, because it does not hold."""
    accepted_on_time(story)
    on = story.plot.own["reopened_on"]
    story.step(on, Operation.REOPEN, reason=story.plot.own["reopened"])
    due_on, reason = story.plot.own["moved_to"], story.plot.own["moved"]
    story.step(on, Operation.CHANGE_DUE_DATE, due_on=due_on, reason=reason)
    story.update(story.last + days(16), str(story.plot.own["latest"]))


def resubmitted_waiting(story: StoryBuilder) -> None:
    """Return it; what was missing is sent and waits for the Board's check."""
    _returned(story, story.due() - days(25))
    _mended(story)


def returned_waiting(story: StoryBuilder) -> None:
    """Return it while there is still time to put it right."""
    _returned(story, story.last_judged_on() - days(story.some("done", 0, 20)))
    story.update(story.last + days(5), story.words("after_return"))


def returned_overdue(story: StoryBuilder) -> None:
    """Return it, and let the due date pass."""
    _returned(story, min(story.due() + days(story.some("done", -6, 12)), story.last_judged_on()))
    if (story.today - story.last).days > 60:
        story.work(story.today - days(45), [story.words("after_return"), *story.plot.notes[1:]])
    else:
        story.update(story.last + days(5), story.words("after_return"))


def overdue_silent(story: StoryBuilder) -> None:
    """Report once at the start or never, then fall silent past the due date."""
    if story.plot.notes or story.some("begins", 0, 2):
        story.one_word(after=days(story.some("start", 14, 30)))


def overdue_with_updates(story: StoryBuilder) -> None:
    """Run late, with the agency reporting why."""
    story.work(story.today - days(40))
    story.latest("slipping")


def cannot_be_done(story: StoryBuilder) -> None:
    """Report that it cannot be done, and why."""
    on = min(story.due() - days(15), story.today - days(story.some("said", 9, 20)))
    story.work(on - days(15))
    story.update(on, story.words("cannot", own="why"), progress="cannot_be_done")


def _extended(story: StoryBuilder, until: date) -> None:
    on = min(story.due() - days(story.some("asked", 14, 20)), story.today - days(25))
    story.work(on - days(6))
    story.ask(on, until)
    story.answer(on + days(8), agreed=True, until=until)


def extension_refused(story: StoryBuilder) -> None:
    """Refuse more time; it is now overdue."""
    on = story.due() - days(story.some("asked", 10, 18))
    story.work(on - days(6))
    story.ask(on, story.due() + days(110))
    story.answer(on + days(8), agreed=False)
    story.update(story.last + days(12), story.words("after_refusal"))
    story.latest("slipping")


def extension_waiting(story: StoryBuilder) -> None:
    """Ask for more time; it is not decided yet."""
    on = story.today - days(story.some("asked", 3, 10))
    story.work(on - days(12))
    story.ask(on, story.plot.own["ask_until"])


def extended_once(story: StoryBuilder) -> None:
    """Agree to more time once; it is on course for the new date."""
    until = max(story.due() + days(75), story.today + days(45))
    _extended(story, until)
    story.latest("steady")


def extended_twice(story: StoryBuilder) -> None:
    """Agree to more time twice; the new date is still ahead."""
    first = story.due() + days(45)
    _extended(story, first)
    on = min(first - days(14), story.today - days(15))
    story.work(on - days(4), [story.words("middle")])
    until = max(first + days(60), story.today + days(50))
    story.ask(on, until)
    story.answer(on + days(6), agreed=True, until=until, pool="agreed_again")


def moved_by_board(story: StoryBuilder) -> None:
    """Let the Board itself give a new date."""
    on = story.today - days(story.some("moved", 35, 50))
    story.work(on - days(5))
    reason = story.words("moved", own="moved")
    to = story.plot.own["moved_to"]
    story.step(on, Operation.CHANGE_DUE_DATE, due_on=to, reason=reason)
    story.latest("steady")


def on_course(story: StoryBuilder) -> None:
    """Go as planned."""
    story.work(on_or_before(story.today - days(story.some("until", 8, 40))))
    if "latest" in story.plot.own or (story.today - story.last).days > QUIET_LIMIT:
        story.latest("steady")


def due_soon(story: StoryBuilder) -> None:
    """Come within days of the due date, nearly done."""
    story.work(story.today - days(32))
    story.latest("closing")


def no_update_90_days(story: StoryBuilder) -> None:
    """Report nothing for three months, before the due date."""
    story.work(story.today - days(story.some("until", 96, 140)))
    if not story.steps:
        story.one_word(after=days(10))


def no_date(story: StoryBuilder) -> None:
    """Work without a due date."""
    story.work(story.today - days(40))
    story.latest("steady")


def not_started(story: StoryBuilder) -> None:
    """Begin nothing before the due date; report so if it has been long."""
    if (story.today - story.last).days > 80:
        on = on_or_before(story.today - days(story.some("said", 15, 50)))
        story.update(on, story.words("waiting_to_start"), progress="not_started")


def _stopped(story: StoryBuilder, standing: str) -> None:
    on = story.plot.own["stopped_on"]
    story.work(min(on, story.due()) - days(20))
    story.standing(on, standing, str(story.plot.own["why"]))


def superseded(story: StoryBuilder) -> None:
    """Replace the action by something else."""
    _stopped(story, "superseded")


def withdrawn(story: StoryBuilder) -> None:
    """Withdraw the action, by the subgroup."""
    _stopped(story, "withdrawn")


def on_hold(story: StoryBuilder) -> None:
    """Put on hold for something outside."""
    _stopped(story, "on_hold")


def resumed(story: StoryBuilder) -> None:
    """Put on hold and go on."""
    _stopped(story, "on_hold")
    story.standing(story.last + days(story.some("resumed", 35, 50)), "active", story.words("resumed"))
    story.work(story.today - days(story.some("until", 8, 20)), [story.words("middle")])


STORIES: dict[str, Story] = {
    told.__name__: told
    for told in (
        accepted_on_time, accepted_early, accepted_late, accepted_very_late, accepted_undated,
        returned_then_accepted, returned_twice_then_accepted, extended_then_accepted, evidence_replaced,
        accepted_then_reopened, resubmitted_waiting,
        submitted_waiting, submitted_late_waiting, submitted_long_waiting, returned_waiting, returned_overdue,
        overdue_silent, overdue_with_updates, cannot_be_done, extension_refused, extension_waiting,
        extended_once, extended_twice, moved_by_board, on_course, due_soon, no_update_90_days, no_date,
        not_started, superseded, withdrawn, on_hold, resumed,
    )
}  # fmt: skip
