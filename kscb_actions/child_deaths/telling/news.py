"""What members hear of their meetings in the morning's message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kscb_actions.audit.service import Change
from kscb_actions.chasing.providers import Part
from kscb_actions.mail.rules import About

from .models import PanelTold
from .queries import Standing, list_standing
from .rules import NEWS_SUBJECT, news_body, news_of, to_keep


@dataclass(frozen=True)
class PanelPart(Part):
    """A part that tells of meetings; `standing`: how each stands that it tells of, and the day."""

    standing: tuple[Standing, ...] = ()
    on: date | None = None


class PanelNews:
    """Seats, agendas, papers and decisions of a panel's meetings, in the first digest after they changed."""

    def parts(self, on: date, base_url: str) -> Mapping[int, Part]:
        """Return {person id: what is new for them}. Nothing of a case."""
        told: dict[int, list[tuple[Standing, list[str]]]] = {}
        for each in list_standing(on):
            if sentences := news_of(each.known, each.now, each.on_agenda, on):
                told.setdefault(each.person.id, []).append((each, sentences))
        return {person: _part(news, on, base_url) for person, news in told.items()}

    def record(self, tx: Change, told: Sequence[Part]) -> None:
        """Keep, in the open change, what these people know now."""
        rows = [
            _row(each, part.on)
            for part in told
            if isinstance(part, PanelPart) and part.on
            for each in part.standing
        ]
        tx.add_all(rows, "panel.told")


PANEL_NEWS = PanelNews()


def _part(news: Sequence[tuple[Standing, list[str]]], on: date, base_url: str) -> PanelPart:
    paragraphs = [(each.now, each.meeting.id, sentences) for each, sentences in news]
    deaths = dict.fromkeys(death for each, _ in news for death in sorted(each.now.cases))
    return PanelPart(
        news[0][0].person,
        NEWS_SUBJECT,
        news_body(paragraphs, base_url),
        about=tuple(About(death_id=death) for death in deaths),
        standing=tuple(each for each, _ in news),
        on=on,
    )


def _row(each: Standing, on: date) -> PanelTold:
    kept = to_keep(each.known, each.now, each.on_agenda)
    return PanelTold(
        meeting=each.meeting,
        user=each.person,
        told_on=on,
        is_seated=kept.is_seated,
        held_on=kept.held_on,
        due_on=kept.due_on,
        way=kept.way,
        papers_at=kept.papers_at,
        cases=";".join(map(str, sorted(kept.cases))),
        decided=";".join(f"{death}:{number}" for death, number in sorted(kept.decided)),
    )
