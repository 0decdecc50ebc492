"""Forms of the tables and of the annual report."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from kscb_actions.figures.annual.models import AnnualDraft
from kscb_actions.figures.annual.report import Texts
from kscb_actions.figures.annual.service import Confirmations, DraftFacts, draft_version
from kscb_actions.figures.annual.words import AUTHOR, CIRCULATION, OWNER
from kscb_actions.figures.annual.year import omittable_tables, table_key, table_label
from kscb_actions.figures.counting.tally import BASIS_NAMES, NAMES, Basis
from kscb_actions.text import whole_number
from kscb_actions.web.shared.forms import (
    HouseForm,
    checkbox,
    checkboxes,
    options,
    save_button,
    select,
    text_area,
    text_line,
)

TEXTS = tuple(vars(Texts()))


class TablesForm(HouseForm):
    """Ask which tables of which year, and whether as published."""

    basis = select("Deaths by", ((each.value, name) for each, name in BASIS_NAMES.items()))
    year = select("Year", wrong="There is nothing of this year. Choose one from the list.")
    table = select("Table", [("", "All tables"), *NAMES.items()], wrong="There is no such table.")
    publication = checkbox(
        "As published", "Only what the year’s issued report prints. Everything else is not for release."
    )
    submit = save_button("Show the tables")

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Return the fields as they came in, as (name, value) pairs to be sent again."""
        return [
            ("basis", self.basis.data),
            ("year", self.year.data),
            ("table", self.table.data),
            *([("publication", "y")] if self.publication.data else []),
        ]


def tables_form(sent: Mapping[str, Any], years: Sequence[str]) -> TablesForm:
    """Return the form with these years, the latest first, filled with what was sent."""
    filled = MultiDict(sent)
    filled.setdefault("basis", Basis.REVIEWED.value)
    filled.setdefault("year", years[0] if years else "")
    filled.setdefault("table", "")
    # Nothing is changed by looking, and what is sent by POST is checked for its token before it comes here.
    form = TablesForm(filled, meta={"csrf": False})
    form.year.choices = options((year, year) for year in years)
    return form


class TextsForm(HouseForm):
    """Ask for what people write for the year's report."""

    author = text_line("Author", f"The post, not the name. If empty: {AUTHOR}.")
    owner = text_line("Owner", f"The post, not the name. If empty: {OWNER}.")
    circulation = text_area("Circulation", f"If empty: {CIRCULATION}")
    foreword = text_area("Foreword", "An empty line begins a new paragraph, here and below.")
    achievements = text_area("Achievements")
    learning = text_area("Learning", "The recommendations made from reviews are added automatically.")
    training = text_area("Training")
    left_out = checkboxes("Leave out", hint="Tables that this year’s report does without.")
    submit = save_button("Save the texts")

    @property
    def facts(self) -> DraftFacts:
        """Return what is written. Only after the form has been found right."""
        texts = Texts(**{name: self[name].data for name in TEXTS})
        return DraftFacts(texts, tuple(self.left_out.data or ()))


def texts_form(draft: AnnualDraft) -> TextsForm:
    """Return the form, filled with what has been saved."""
    form = TextsForm(data=typed(draft))
    form.left_out.choices = options((table_key(name), table_label(name)) for name in omittable_tables())
    return form


def typed(draft: AnnualDraft) -> dict[str, Any]:
    """Return what has been saved, as the form has it."""
    kept = {name: getattr(draft, name) for name in TEXTS}
    return kept | {
        "left_out": [each for each in draft.left_out.split(",") if each],
        "version": draft_version(draft),
    }


class IssueForm(HouseForm):
    """Ask, as the last step, which edition is issued, of texts in which version."""

    number = text_line("Edition")
    sentences = checkbox(
        "I have read these and they do not identify a child",
        "The history will tell that you ticked this.",
    )
    overlap = checkbox("Issue it nevertheless", "This is kept with the report and told in the history.")
    submit = save_button("Issue this report")

    @property
    def confirmed(self) -> Confirmations:
        """Return what has been confirmed by a tick."""
        return Confirmations(bool(self.sentences.data), bool(self.overlap.data))

    @property
    def edition(self) -> int:
        """Return the edition that was shown to the person; 0, which none has, when it is no number."""
        return whole_number(self.number.data, 5) or 0
