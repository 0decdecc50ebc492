"""Taking a plan into a review: all of it in one step, and of the same plan again only what is new."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any, TypeVar

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, Viewer
from kscb_actions.actions.models import Action
from kscb_actions.actions.owners.service import share
from kscb_actions.actions.recording.queries import propose_leads
from kscb_actions.actions.rules import problems_with_action
from kscb_actions.actions.service import ActionFacts, edit_action
from kscb_actions.actions.service import add_all_within as add_all_actions_within
from kscb_actions.assurance.earlier.service import NOBODY, enter_past_within, record_all_within
from kscb_actions.assurance.erasing import refuse_erased
from kscb_actions.audit.service import Change, change, one_step
from kscb_actions.files.store import EvidenceStore, StoredFile
from kscb_actions.people.models import Agency, User
from kscb_actions.people.queries import list_leads
from kscb_actions.reviews.inspections.rules import AreaFacts, area_in
from kscb_actions.reviews.models import Recommendation, RecommendationTheme, Review
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.service import row_of, with_file
from kscb_actions.reviews.queries import list_named_people, require_on
from kscb_actions.reviews.recommendations import add_all_within, edit_recommendation
from kscb_actions.reviews.rules import RecommendationFacts
from kscb_actions.text import InvalidInput
from kscb_actions.wording import plural

from .comparing import Entry, HadAction, changes_of, clashes_of, compared, has_other_words
from .earlier.rules import Earlier, has_past, past_of, problems_with
from .models import PlanRow
from .plan import Plan, PlanAction, PlanRecommendation
from .queries import recorded
from .remembering import Said, remember
from .tables import Problem

PLAN, DRAFT = "plan", "plan_draft"
LONGEST_ADDRESSED = 200
# So many are recorded together; after each of them it is told how far it is.
AT_ONCE = 2_000
# Is told how many recommendations and actions of how many are recorded.
Tell = Callable[[int, int], object]
NOTHING_NEW = "The review has all of this plan already. Discard the file."
NOTHING_SAID = Said()
Recorded = TypeVar("Recorded")
# What json.dumps would make anew for each row.
_as_json = json.JSONEncoder(ensure_ascii=False).encode
log = logging.getLogger(__name__)


@dataclass
class Taken:
    """What taking a plan in has made, or would make.

    waiting  what was kept as text, because nobody has said whose it is
    pasts    of how many actions it is recorded what happened to them before
    changes  where the file says something else than the review does
    clashes  where a number of the file is that of another recommendation; nothing is taken in then
    """

    recommendations: int = 0
    actions: int = 0
    updated: int = 0
    waiting: int = 0
    pasts: int = 0
    changes: list[Problem] = field(default_factory=list)
    clashes: list[Problem] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Return whether the review has all of it already."""
        return not (self.recommendations or self.actions or self.updated or self.waiting or self.pasts)

    @property
    def told(self) -> str:
        """Return it in words, without a stop."""
        parts = [plural(self.recommendations, "recommendation"), plural(self.actions, "action")]
        if self.waiting:
            parts.append(f"{plural(self.waiting, 'action')} without a known owner")
        if self.pasts:
            parts.append(f"the past of {plural(self.pasts, 'action')}")
        if self.updated:
            parts.append(f"{self.updated} updated")
        return ", ".join(parts)


def foreseen(
    viewer: Viewer, review: Review, plan: Plan, is_updating: bool = False, earlier: Earlier | None = None
) -> Taken:
    """Return what taking a plan in would make; `earlier` with the past it tells. Changes nothing."""
    entries = compared(plan, recorded(viewer, review))
    taken = Taken(changes=changes_of(entries), clashes=clashes_of(entries))
    for entry in entries:
        taken.recommendations += entry.had is None
        for read, had in entry.actions:
            is_new = had is None or had.is_given(read)
            taken.actions += is_new and bool(read.agencies)
            taken.waiting += is_new and not read.agencies
            taken.pasts += _takes_past(read, had, earlier)
            taken.updated += bool(is_updating and had and _has_update(read, had))
        taken.updated += is_updating and entry.is_changed
    return taken


def take_in(
    viewer: Viewer, review: Review, plan: Plan, store: EvidenceStore, file: IO[bytes], shown_name: str,
    said: Said = NOTHING_SAID, is_updating: bool = False, tell: Tell = lambda done, all: None,
) -> Taken:  # fmt: skip
    """Record a plan and keep its file, all in one step; what the review has already is left as it is.

    `said` is what somebody said of its words, to be remembered; `is_updating`: words that are other in the
    file are taken over too; `tell` is told how far it is. Raises InvalidInput, under "files" where something
    of the plan has to be put right first, and Refused.
    """
    _require_fit(viewer, review, plan, said)
    expected = foreseen(viewer, review, plan, is_updating, said.earlier)
    _refuse(expected.clashes)
    if expected.is_nothing:
        return expected

    def record(kept: StoredFile) -> Taken:
        taken = Taken()
        with _step(viewer, taken):
            entries = _entries(viewer, review, plan)
            paper = _kept(viewer, review, kept, PLAN)
            _record(viewer, plan, entries, paper, said, is_updating, taken, tell)
        return taken

    return with_file(store, file, shown_name, record)


def keep_draft(
    viewer: Viewer, review: Review, store: EvidenceStore, file: IO[bytes], shown_name: str
) -> ReviewPaper:
    """Keep a file whose plan is looked at before it is taken in. Raises InvalidInput, under "files"."""
    require_on(viewer, Permission.EDIT_REVIEW, review)

    return with_file(store, file, shown_name, lambda kept: _kept(viewer, review, kept, DRAFT))


def take_draft_in(
    viewer: Viewer,
    draft: ReviewPaper,
    plan: Plan,
    said: Said = NOTHING_SAID,
    is_updating: bool = False,
    tell: Tell = lambda done, all: None,
) -> Taken:
    """Record the plan of a file that was kept to be looked at, as `take_in` does.

    Raises InvalidInput too where the review has all of it: such a file can only be discarded.
    """
    _require_fit(viewer, draft.review, plan, said)
    if foreseen(viewer, draft.review, plan, is_updating, said.earlier).is_nothing:
        raise InvalidInput({"files": NOTHING_NEW})
    taken = Taken()
    with _step(viewer, taken):
        entries = _entries(viewer, draft.review, plan)
        draft.kind = PLAN
        with change(viewer) as tx:
            tx.update(draft, "review.paper-taken-in")
        _record(viewer, plan, entries, draft, said, is_updating, taken, tell)
    return taken


def discard_draft(viewer: Viewer, draft: ReviewPaper, store: EvidenceStore) -> None:
    """Remove a file that was kept to be looked at, with its bytes.

    Raises Refused once it was taken in or discarded.
    """
    require_on(viewer, Permission.EDIT_REVIEW, draft.review)
    with change(viewer) as tx:
        now = ReviewPaper.get_or_none(ReviewPaper.id == draft.id)
        if now is None:
            raise Refused("This file has been discarded already.")
        if now.kind != DRAFT:
            raise Refused("This plan has been taken in. Its file stays with the review.")
        tx.remove(draft, "review.paper-discarded")
    try:
        store.erase(draft.stored_name)
    except OSError:
        log.exception("the discarded file %s is still on the disk; the jobs try again", draft.stored_name)


def _require_fit(viewer: Viewer, review: Review, plan: Plan, said: Said) -> None:
    require_on(viewer, Permission.EDIT_REVIEW, review)
    require_on(viewer, Permission.EDIT_ACTION, review)
    _refuse([*plan.stopped_by, *_unfit(plan)])
    if said.earlier:
        if viewer.id is None:
            raise Refused(NOBODY)
        _refuse(problems_with(plan, said.earlier, clock.today()))


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InvalidInput({"files": "\n".join(f"{each.place}: {each.problem}" for each in problems)})


def _entries(viewer: Viewer, review: Review, plan: Plan) -> list[Entry]:
    """Return a plan beside what the review has, as it is inside the step. Raises InvalidInput."""
    entries = compared(plan, recorded(viewer, review))
    _refuse(clashes_of(entries))
    return entries


def _step(viewer: Viewer, taken: Taken) -> AbstractContextManager[None]:
    # Of no review by name: the event of a step is told to all who read the trail.
    return one_step(viewer, "plan.taken-in", "reviews", lambda: f"{taken.told}.")


def _record(
    viewer: Viewer,
    plan: Plan,
    entries: Sequence[Entry],
    paper: ReviewPaper,
    said: Said,
    is_updating: bool,
    taken: Taken,
    tell: Tell,
) -> None:
    """Record what is new of a plan inside its step, and say in `taken` what it was."""
    taken.changes = changes_of(entries)
    with change(viewer) as tx:
        remember(tx, said, plan.layout, paper)
        # It may be all that happens: nothing has to be remembered.
        tx.note("plan.read", paper)
    _Taking(viewer, paper, taken, is_updating, said.earlier, tell).take(entries)


class _Taking:
    """One plan while it is recorded, inside its step."""

    def __init__(
        self,
        viewer: Viewer,
        paper: ReviewPaper,
        taken: Taken,
        is_updating: bool,
        earlier: Earlier | None,
        tell: Tell,
    ) -> None:
        self._viewer = viewer
        self._review = review = paper.review
        self._paper = paper
        self._earlier = earlier
        self._taken = taken
        self._is_updating = is_updating
        self._tell = tell
        self._done = self._in_all = 0
        self._agencies = {each.code: each for each in Agency.select().where(Agency.is_active)}
        self._leads = _leads(viewer, review)
        self._rows: list[PlanRow] = []

    def take(self, entries: Sequence[Entry]) -> None:
        """Record what is new, and of what is other in the file what is wanted."""
        self._in_all = len(entries) + sum(len(entry.actions) for entry in entries)
        recommendations = self._recommendations(entries)
        new = []
        for entry, recommendation in zip(entries, recommendations, strict=True):
            for read, had in entry.actions:
                if had is None or had.is_given(read):
                    new.append((recommendation, read, had))
                else:
                    self._update(read, had)
                    self._enter_past(read, had)
            if not entry.actions and entry.had is None:
                self._rows.append(self._row(recommendation, None, _bare(entry.read)))
        for part in _in_parts(new):
            self._add(part)
            self._keep_rows()
            self._tell_of(len(part))
        self._keep_rows()
        self._tell(self._in_all, self._in_all)

    def _tell_of(self, count: int) -> None:
        self._done += count
        self._tell(self._done, self._in_all)

    def _keep_rows(self) -> None:
        """Keep what the file says of what has been recorded since."""
        if self._rows:
            with change(self._viewer) as tx:
                tx.add_all(self._rows, "plan-row.kept")
        self._rows = []

    def _recommendations(self, entries: Sequence[Entry]) -> list[Recommendation]:
        """Return the recommendation of each entry: added, or as it is, with its other words where wanted."""
        facts = [_facts(entry.read) for entry in entries if entry.had is None]
        self._taken.recommendations = len(facts)
        every: list[Recommendation] = []
        for part in _in_parts(facts):
            with change(self._viewer) as tx:
                every += add_all_within(tx, self._review, part)
            self._tell_of(len(part))
        added = iter(every)
        kept = self._kept_recommendations if any(entry.had for entry in entries) else {}
        return [
            next(added) if each.had is None else self._reworded(kept[each.had.id], each) for each in entries
        ]

    @cached_property
    def _kept_recommendations(self) -> dict[int | None, Recommendation]:
        """Return {id: recommendation} of the review, once for all."""
        rows = Recommendation.select().where(Recommendation.review == self._review)
        return {each.id: each for each in rows}

    def _reworded(self, recommendation: Recommendation, entry: Entry) -> Recommendation:
        if entry.is_changed and self._is_updating:
            facts = _facts_of(recommendation, entry.read.text)
            edit_recommendation(self._viewer, recommendation, facts, recommendation.version)
            self._taken.updated += 1
        return recommendation

    def _add(self, new: Sequence[tuple[Recommendation, PlanAction, HadAction | None]]) -> None:
        owned = [each for each in new if each[1].agencies]
        added: Sequence[Action] = []
        if owned:
            wanted = [
                (recommendation, self._lead_agency(read), self._lead(read), self._facts(read))
                for recommendation, read, _ in owned
            ]
            with change(self._viewer) as tx:
                added = add_all_actions_within(tx, self._review, wanted)
                self._record_pasts(tx, [facts for *_, facts in wanted], added)
            self._taken.actions += len(added)
        for (recommendation, read, had), action in zip(owned, added, strict=True):
            for code in read.agencies[1:]:
                share(self._viewer, action, self._agencies[code])
            self._keep_row(recommendation, action, read, had)
        for recommendation, read, _ in new:
            if not read.agencies:
                self._taken.waiting += 1
                self._rows.append(self._row(recommendation, None, read))

    def _record_pasts(self, tx: Change, facts: Sequence[ActionFacts], added: Sequence[Action]) -> None:
        """Record what happened before to actions that were added with the state that it made of them."""
        pasts = [(action, each.past) for action, each in zip(added, facts, strict=True) if each.past]
        self._taken.pasts += len(pasts)
        if pasts:
            record_all_within(tx, pasts, self._paper)

    def _enter_past(self, read: PlanAction, had: HadAction) -> None:
        """Enter what happened before to an action that the review has, where nobody has worked on it yet."""
        past = past_of(read, self._earlier) if self._earlier else None
        if past and _takes_past(read, had, self._earlier):
            with change(self._viewer) as tx:
                enter_past_within(tx, self._actions[had.id], past, paper=self._paper)
            self._taken.pasts += 1

    @cached_property
    def _actions(self) -> dict[int | None, Action]:
        """Return {id: action} of the review's actions, once for all."""
        return {each.id: each for each in Action.select().where(Action.review == self._review)}

    @cached_property
    def _kept_rows(self) -> dict[int | None, PlanRow]:
        """Return {id: row} of what files have said of the review's actions, once for all."""
        return {each.id: each for each in PlanRow.select().where(PlanRow.review == self._review)}

    def _facts(self, read: PlanAction) -> ActionFacts:
        past = past_of(read, self._earlier) if self._earlier else None
        return ActionFacts(read.text, read.success, read.due.on, _written(read), past)

    def _keep_row(
        self, recommendation: Recommendation, action: Any, read: PlanAction, had: HadAction | None
    ) -> None:
        """Keep what the file says of an action; words that waited for an owner are of it from now on."""
        if had is None or had.row_id is None:
            self._rows.append(self._row(recommendation, action, read))
            return
        row = self._kept_rows[had.row_id]
        row.action = action
        with change(self._viewer) as tx:
            tx.update(row, "plan-row.owner-found")

    def _update(self, read: PlanAction, had: HadAction) -> None:
        if not self._is_updating or not _has_update(read, had):
            return
        action = self._actions[had.id]
        due_on = action.current_due_on or read.due.on
        written = _written(read) if action.current_due_on is None else ""
        facts = ActionFacts(read.text, action.success_measure, due_on, written)
        edit_action(self._viewer, action, facts, action.lead, action.version)
        if had.row_id is not None:
            row = self._kept_rows[had.row_id]
            for name, value in _said(read).items():
                setattr(row, name, value)
            with change(self._viewer) as tx:
                tx.update(row, "plan-row.changed")
        self._taken.updated += 1

    def _lead_agency(self, read: PlanAction) -> Agency:
        return self._agencies[read.agencies[0]]

    def _lead(self, read: PlanAction) -> User | None:
        return self._leads.get(self._lead_agency(read).id)

    def _row(self, recommendation: Recommendation, action: Any, read: PlanAction) -> PlanRow:
        made_of = {
            "review": self._review.id,
            "paper": self._paper.id,
            "recommendation": recommendation.id,
            "action": action.id if action else None,
        }
        return PlanRow.of({**made_of, **_said(read)})


def _in_parts(every: Sequence[Recorded]) -> Iterator[Sequence[Recorded]]:
    """Yield what is recorded together, in its order."""
    return (every[first : first + AT_ONCE] for first in range(0, len(every), AT_ONCE))


def _takes_past(read: PlanAction, had: HadAction | None, earlier: Earlier | None) -> bool:
    """Return whether the past of an action comes in: with it where it is new, else where it may be."""
    if earlier is None or not has_past(read) or not read.agencies:
        return False
    return had is None or had.is_given(read) or had.takes_past


def _has_update(read: PlanAction, had: HadAction) -> bool:
    """Return whether the file has other words for an action, or the date that it lacks."""
    is_dated = had.first_due_on is None and read.due.on is not None
    return had.id is not None and (has_other_words(read, had) or is_dated)


def _unfit(plan: Plan) -> list[Problem]:
    """Return what could not be recorded though it was read."""
    return [
        Problem(action.place, message)
        for action in plan.actions
        for message in problems_with_action(action.text, action.success, _written(action)).values()
    ]


def _facts(read: PlanRecommendation) -> RecommendationFacts:
    waiting = dict.fromkeys(each.owner_text for each in read.actions if not each.agencies and each.owner_text)
    addressed = "; ".join(waiting)
    if len(addressed) > LONGEST_ADDRESSED:
        addressed = addressed[: LONGEST_ADDRESSED - 1].rstrip() + "…"
    # Of an inspection, what kind of area it is; of any other review it is not kept.
    area = area_in(read.heading)
    return RecommendationFacts(
        read.text,
        addressed_to=addressed,
        published_number=read.number,
        heading=read.heading,
        area=AreaFacts(area) if area else None,
    )


def _facts_of(recommendation: Recommendation, text: str) -> RecommendationFacts:
    """Return the facts of a recommendation as they are, with another text."""
    themes = RecommendationTheme.select(RecommendationTheme.theme).where(
        RecommendationTheme.recommendation == recommendation
    )
    return RecommendationFacts(
        text,
        recommendation.intended_outcome,
        recommendation.addressed_to,
        tuple(theme for (theme,) in themes.tuples()),
        recommendation.published_number,
        recommendation.heading,
        recommendation.is_key,
    )


def _written(read: PlanAction) -> str:
    """Return how a due date is written, where that is not the date itself."""
    return "" if read.due.is_plain else read.due.words


def _bare(read: PlanRecommendation) -> PlanAction:
    return PlanAction("", read.place, others=read.others)


def _said(read: PlanAction) -> Mapping[str, Any]:
    """Return the columns of a row that hold what the file says."""
    past = {
        "progress": read.progress,
        "evidence": read.evidence,
        "milestones": read.milestones,
        "others": read.others,
        "person": read.person,
    }
    return {
        "place": read.place[:200],
        "text": read.text,
        "owner_text": read.owner_text,
        "due_on": read.due.on,
        "due_text": read.due.words,
        "revised_on": read.revised.on,
        "status_text": read.status_text,
        "done_on": read.done.on,
        "past": _as_json({name: value for name, value in past.items() if value}),
    }


def _kept(viewer: Viewer, review: Review, kept: StoredFile, kind: str) -> ReviewPaper:
    """Keep the row of a file that was received. Raises InvalidInput where it is one that was erased."""
    paper = row_of(viewer, review, kept, kind)
    with change(viewer) as tx:
        refuse_erased([(kept.shown_name, kept.sha256)])
        tx.add(paper, "review.paper-kept")
    return paper


def _leads(viewer: Viewer, review: Review) -> dict[int, User]:
    """Return {agency id: who is proposed to lead its actions of this review}."""
    named = {person.id for person in list_named_people(review)} if review.is_restricted else None
    return propose_leads(viewer, list_leads(), named)
