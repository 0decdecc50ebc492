"""Understanding a plan: from tables of cells to recommendations with their actions. Plain values."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache, partial

from kscb_actions.dates_written.rules import Written, read_cell
from kscb_actions.reviews.numbering import LONGEST_HEADING, LONGEST_NUMBER
from kscb_actions.text import LONGEST, alike, one_line, why_too_long

from .drafts import Draft, RecommendationDraft, gathered
from .earlier.rules import stated_day
from .headings import Part, plain
from .layout import Section, find_plan
from .owners import LONGEST_WORDS, Directory, Owners
from .plan import NO_DATE, Column, Plan, PlanAction, PlanRecommendation
from .tables import DATE, ERROR, MONTH, UNKNOWN, Problem, Source
from .words import DONE, done_date, is_like_date, is_ticked, number_of, numbered, status_of

FORMULA = (
    "This is a formula, and the file does not hold its result. Open the file in Excel and save it, or type "
    "the text in its place."
)
TURNED_INTO_DATE = "Excel has turned this number into a date, {}. Type it again, as text."
NO_TEXT = "There is no text here. Type what is recommended or to be done."
UNKNOWN_OWNER = "“{}” is no agency that is known. It is kept as text until somebody says whose it is."
_PARTS_OF_TEXT = (Part.RECOMMENDATION, Part.ACTION)


def read_plan(
    source: Source,
    directory: Directory,
    today: date | None = None,
    by_hand: Mapping[str, Part] | None = None,
    chosen: Collection[str] = (),
) -> Plan:
    """Return the plan that stands in the tables of a file. Raises NotRead where none does.

    `by_hand` maps headings, `chosen` names the tables to keep to (`layout.find_plan`).
    """
    sections = find_plan(source, by_hand, chosen)
    return _Reading(directory, today).read(source, sections)


class _Reading:
    """One plan while it is read: what was guessed and what could not be read is gathered on the way."""

    def __init__(self, directory: Directory, today: date | None) -> None:
        self._directory = directory
        self._today = today
        self._plan = Plan()
        # A plan says the same of most of its actions.
        self._date_of = cache(partial(read_cell, today=today))
        self._done_date = cache(partial(done_date, today=today))
        self._status_of = cache(status_of)
        self._kept: dict[tuple[str, str], PlanRecommendation] = {}

    def read(self, source: Source, sections: list[Section]) -> Plan:
        """Return the plan."""
        plan = self._plan
        plan.problems += source.notices
        plan.layout = sections[0].layout
        plan.as_of = stated_day(source, self._today)
        plan.columns = _columns_of(sections[0])
        found = gathered(sections)
        for each in found.recommendations:
            self._keep(self._recommendation(each))
        for section, row, what in found.passed_over:
            self._guess(section.table.place(row), f"This row was taken for {what}, and passed over.")
        return plan

    def _keep(self, read: PlanRecommendation) -> None:
        """Take a recommendation in; one that stands in several places, as in a sorted table, is one."""
        key = (read.heading, read.number or alike(read.text))
        before = self._kept.setdefault(key, read)
        if before is read or not read.text:
            self._plan.recommendations.append(read)
        elif alike(before.text) == alike(read.text):
            before.actions += read.actions
        else:
            self._plan.recommendations.append(read)
            told = f"The number {read.number} stands twice, before different texts: see {before.place} too."
            self._stop(read.place, told)

    def _recommendation(self, drafted: RecommendationDraft) -> PlanRecommendation:
        draft = drafted.draft
        number, text = self._number_and_text(drafted)
        self._mind_marks(drafted)
        self._mind_length(draft, "text", text, LONGEST)
        heading = drafted.heading
        if len(heading) > LONGEST_HEADING:
            heading = heading[: LONGEST_HEADING - 1].rstrip() + "…"
            self._guess(
                draft.place, "The heading above this is longer than a heading may be, and was cut short."
            )
        read = PlanRecommendation(number, text, heading, draft.place)
        read.others = (*_labelled(draft, Part.RESPONSE), *_others(draft))
        for action in drafted.actions:
            read.actions += self._actions(action, text)
        for first in read.actions[:1]:
            first.others = (*read.others, *first.others)
        if not text and not self._is_formula(draft):
            self._stop(draft.place, NO_TEXT)
        return read

    def _number_and_text(self, drafted: RecommendationDraft) -> tuple[str, str]:
        draft = drafted.draft
        text = draft.text(Part.RECOMMENDATION) or drafted.title
        if not text and drafted.actions and not draft.section.columns(Part.RECOMMENDATION):
            text = drafted.actions[0].text(Part.ACTION)
        number = number_of(draft.text(Part.NUMBER))
        if not number:
            number, text = numbered(text)
        if len(number) > LONGEST_NUMBER:
            self._stop(
                draft.place,
                f"The number “{number[:40]}…” is longer than {LONGEST_NUMBER} characters. Shorten it.",
            )
        return number, text

    def _mind_marks(self, drafted: RecommendationDraft) -> None:
        """Note the cells that hold no text where one should be."""
        for draft in (drafted.draft, *drafted.actions):
            for row, column, mark in sorted(draft.marks, key=lambda mark: mark[1]):
                place, said = draft.section.table.place(row, column), draft.columns[column]
                if mark == UNKNOWN:
                    self._stop(place, FORMULA, said)
                elif mark == ERROR:
                    self._stop(place, f"This is a formula that failed ({said}). Type the text.", said)
        dates = {column for _, column, mark in drafted.draft.marks if mark in (DATE, MONTH)}
        for column, text in drafted.draft.texts(Part.NUMBER):
            if column in dates or is_like_date(text):
                said = one_line(text)
                self._stop(self._cell(drafted.draft, column), TURNED_INTO_DATE.format(said), said)

    def _actions(self, draft: Draft, recommendation: str) -> list[PlanAction]:
        """Return the action of a draft, or the same for each of the agencies that have one each."""
        has_column = bool(draft.section.columns(Part.ACTION))
        text = draft.text(Part.ACTION) if has_column else recommendation
        if has_column and not draft.section.columns(Part.RECOMMENDATION):
            text = numbered(text)[1]
        if has_column and not text and not self._is_formula(draft):
            # An owner or a date without an action belongs to the recommendation itself.
            text = recommendation
        self._mind_length(draft, "action", text, LONGEST)
        action = PlanAction(text, draft.place)
        self._take_dates(draft, action)
        self._take_status(draft, action)
        action.success = _joined(draft, Part.SUCCESS)
        action.evidence = _joined(draft, Part.EVIDENCE)
        action.milestones = _joined(draft, Part.MILESTONES)
        action.progress += _labelled(draft, Part.PROGRESS)
        action.others = _others(draft)
        return self._owned(draft, action)

    def _owned(self, draft: Draft, action: PlanAction) -> list[PlanAction]:
        agency, person = draft.text(Part.AGENCY), draft.text(Part.PERSON)
        action.owner_text = one_line(", ".join(filter(None, [agency, person])))
        action.person = one_line(person)
        owners = self._directory.find(agency or person)
        if agency and person and not owners.agencies:
            owners = self._directory.find(person)
        if owners.unknown or owners.guesses:
            self._tell_of_owners(draft, owners)
        if owners.is_each:
            return [replace(action, agencies=(code,)) for code in owners.agencies]
        action.agencies = owners.agencies
        return [action]

    def _tell_of_owners(self, draft: Draft, owners: Owners) -> None:
        at = next((at for part in (Part.AGENCY, Part.PERSON) for at, _ in draft.texts(part)), 1)
        place = self._cell(draft, at)
        for unknown in owners.unknown:
            self._problem(place, UNKNOWN_OWNER.format(unknown))
            if unknown not in self._plan.unknown and len(unknown) <= LONGEST_WORDS:
                self._plan.unknown.append(unknown)
        for guess in owners.guesses:
            self._guess(place, guess)

    def _take_dates(self, draft: Draft, action: PlanAction) -> None:
        action.due = self._date(draft, Part.DUE)
        action.revised = self._date(draft, Part.REVISED)
        if action.due.was and not action.revised.on:
            # One cell tells both: the date it was first, and the date to which it was moved.
            action.revised = action.due
            action.due = replace(action.due, on=action.due.was)
        action.accepted = self._date(draft, Part.ACCEPTED_ON)
        action.accepted_by = one_line(draft.text(Part.ACCEPTED_BY))
        for at, text in draft.texts(Part.DONE):
            action.done = self._done_date(text)
            self._mind_date(draft, at, action.done)
            if not action.done.on or len(text) > len(action.done.shown) + 8:
                action.progress += ((draft.section.headings.get(at, ""), text),)

    def _date(self, draft: Draft, part: Part) -> Written:
        for at, text in draft.texts(part):
            written = self._date_of(text)
            self._mind_date(draft, at, written)
            return written
        return NO_DATE

    def _mind_date(self, draft: Draft, column: int, written: Written) -> None:
        if written.problem:
            self._problem(self._cell(draft, column), written.problem, draft.columns[column])
        if written.doubt:
            self._guess(self._cell(draft, column), written.doubt)

    def _take_status(self, draft: Draft, action: PlanAction) -> None:
        said = [one_line(text) for _, text in draft.texts(Part.STATUS) if text]
        for at, text in draft.texts(Part.TICKED):
            heading = draft.section.headings.get(at, "")
            ticked = is_ticked(text)
            if ticked or ticked is None:
                said.append(one_line(heading))
                if ticked is None:
                    action.progress += ((heading, text),)
                    done = self._done_date(text)
                    if done.on and self._status_of(heading) == DONE and not action.done.on:
                        action.done = done
        action.status_text = "; ".join(said)
        action.status = next(filter(None, map(self._status_of, said)), "")
        if action.status == DONE and not action.done.on and said:
            told = self._done_date(said[0])
            if told.on and told.is_exact:
                action.done = told

    def _is_formula(self, draft: Draft) -> bool:
        parts = draft.section.parts
        return any(mark == UNKNOWN and parts.get(at) in _PARTS_OF_TEXT for _, at, mark in draft.marks)

    def _cell(self, draft: Draft, column: int) -> str:
        """Return the place of a draft's cell in a column: where it stands first."""
        return draft.section.table.place(draft.rows.get(column, draft.row), column)

    def _mind_length(self, draft: Draft, what: str, text: str, longest: int) -> None:
        if too_long := why_too_long(text, longest):
            self._stop(draft.place, f"The {what} is too long. {too_long}")

    def _stop(self, place: str, problem: str, said: str | None = None) -> None:
        self._plan.problems.append(Problem(place, problem, said=said))

    def _problem(self, place: str, problem: str, said: str | None = None) -> None:
        self._plan.problems.append(Problem(place, problem, False, said))

    def _guess(self, place: str, guess: str) -> None:
        self._plan.guesses.append(Problem(place, guess, stops=False))


def _columns_of(section: Section) -> list[Column]:
    """Return what each column was taken for, for a person to check."""
    headings = {at: one_line(section.headings.get(at, "")) for at in {*section.headings, *section.parts}}
    return [
        Column(f"column {at}", headings[at], plain(headings[at]), section.parts.get(at, Part.OTHER))
        for at in sorted(headings)
    ]


def _labelled(draft: Draft, part: Part) -> tuple[tuple[str, str], ...]:
    headings, texts = draft.section.headings, draft.texts(part)
    return tuple([(_heading(headings.get(at, "")), text) for at, text in texts if text]) if texts else ()


def _joined(draft: Draft, part: Part) -> str:
    """Return what the columns of a part say; of several, each with its heading."""
    told = _labelled(draft, part)
    if not told:
        return ""
    return told[0][1] if len(told) == 1 else "\n".join(f"{heading}: {text}" for heading, text in told)


def _others(draft: Draft) -> tuple[tuple[str, str], ...]:
    """Return (heading, text) of the columns that were taken for nothing else."""
    headings, own = draft.section.headings, draft.columns
    return tuple([(_heading(headings[at]), own[at]) for at in draft.section.others if own.get(at)])


@lru_cache(256)
def _heading(text: str) -> str:
    """Return a heading on one line: every row of a table is told with the same few."""
    return one_line(text)
