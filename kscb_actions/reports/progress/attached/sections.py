"""The appendices that were chosen, each with its sections: what holds nothing is not in the paper."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from kscb_actions.reports.content import Bullets, Paragraph, Section

from ..actions import exceptions_section, open_section, waiting_section
from ..appendices import Appendix, titled
from ..challenges import Challenges
from ..changed.sections import changes_section
from ..counts import Counts, TurnCounts, counts_section
from ..first_page.figures import Figures, moved_section
from ..first_page.pressing import Pressing
from ..record.sections import (
    Extensions,
    answers_section,
    evidence_section,
    recommendations_section,
    reviews_section,
)
from ..scope import Scope
from ..words import listed
from .closed import closed_section
from .impact import impact_section
from .legend import legend_section, method_section
from .measured import measures_section
from .shared import shared_section

LIST = "Appendices"


@dataclass(frozen=True)
class Facts:
    """What a paper has counted and read once, for all its parts."""

    scope: Scope
    counts: Counts
    turns: TurnCounts
    pressing: Pressing
    challenges: Challenges
    figures: Figures


def attached(facts: Facts) -> dict[Appendix, tuple[Section, ...]]:
    """Return {appendix: its sections} of those chosen, without sections and appendices that hold nothing."""
    made = {each: tuple(filter(None, _SECTIONS[each](facts))) for each in facts.scope.appendices}
    return {each: sections for each, sections in made.items() if sections}


def list_section(scope: Scope, found: Mapping[Appendix, tuple[Section, ...]]) -> Section | None:
    """Return the list of the appendices that are in the paper; None where none was chosen."""
    if not scope.appendices:
        return None
    blocks: list[Bullets | Paragraph] = [Bullets(tuple(map(titled, found)))] if found else []
    if empty := [titled(each) for each in scope.appendices if each not in found]:
        blocks.append(Paragraph(f"Asked for, and left out for there is nothing to tell: {listed(empty)}."))
    return Section(LIST, tuple(blocks))


def sections_of(found: Mapping[Appendix, tuple[Section, ...]]) -> Iterable[Section]:
    """Yield every appendix as a heading of its own with its sections under it."""
    for appendix, sections in found.items():
        told = f"This appendix has {listed([f'“{each.heading}”' for each in sections])}."
        first = sections[0]
        yield Section(titled(appendix), (Paragraph(told),), landscape=first.landscape, own_page=True)
        yield from (replace(each, level=each.level + 1) for each in sections)


def _exceptions(facts: Facts) -> Iterable[Section | None]:
    scope, challenges, pressing = facts.scope, facts.challenges, facts.pressing
    return (
        counts_section(scope, facts.counts, facts.turns),
        exceptions_section(scope, facts.counts, facts.turns, challenges, pressing.exceptions),
        waiting_section(scope, facts.turns, pressing.waiting),
        Extensions.of(scope).section(scope),
        challenges.section(scope),
    )


_SECTIONS: Mapping[Appendix, Callable[[Facts], Iterable[Section | None]]] = {
    Appendix.EXCEPTIONS: _exceptions,
    Appendix.ACTIONS: lambda facts: (
        open_section(facts.scope, facts.counts),
        shared_section(facts.scope, facts.counts),
    ),
    Appendix.CLOSED: lambda facts: (
        closed_section(facts.scope, facts.counts),
        moved_section(facts.scope, facts.figures),
        changes_section(facts.scope, facts.figures),
    ),
    Appendix.EVIDENCE: lambda facts: (evidence_section(facts.scope),),
    Appendix.ANSWERS: lambda facts: (recommendations_section(facts.scope), answers_section(facts.scope)),
    Appendix.STAGES: lambda facts: (reviews_section(facts.scope),),
    Appendix.MEASURES: lambda facts: (measures_section(facts.scope),),
    Appendix.IMPACT: lambda facts: (impact_section(facts.scope),),
    Appendix.RATINGS: lambda facts: (legend_section(facts.scope), method_section(facts.scope)),
}
