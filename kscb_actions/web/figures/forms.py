"""Forms of the tables and of the annual report."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from kscb_actions.figures.annual.models import AnnualDraft, FrozenYear
from kscb_actions.figures.annual.report import Texts
from kscb_actions.figures.annual.service import EarlierFacts, draft_version
from kscb_actions.figures.annual.words import AUTHOR, CIRCULATION, OWNER
from kscb_actions.figures.annual.year import table_key, table_label
from kscb_actions.figures.counting.report_tables import REPORT_TABLES
from kscb_actions.figures.counting.tally import BASIS_NAMES, NAMES, Basis
from kscb_actions.text import one_line, whole_number
from kscb_actions.web.people.forms import ReauthenticationForm
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
    submit = save_button("Save the texts")

    @property
    def texts(self) -> Texts:
        """Return what is written. Only after the form has been found right."""
        return Texts(**{name: self[name].data for name in TEXTS})


def texts_form(draft: AnnualDraft) -> TextsForm:
    """Return the form, filled with what has been saved."""
    return TextsForm(data=typed(draft))


def typed(draft: AnnualDraft) -> dict[str, Any]:
    """Return what has been saved, as the form has it."""
    return {name: getattr(draft, name) for name in TEXTS} | {"version": draft_version(draft)}


class FreezeForm(HouseForm):
    """Ask which tables the year's report does without."""

    left_out = checkboxes("Leave out", hint="Tables that this year’s report does without. Usually none.")
    submit = save_button("Freeze the data")


def freeze_form(frozen: FrozenYear | None) -> FreezeForm:
    """Return the form, ticked as the data were frozen before."""
    ticked = frozen.left_out.split(",") if frozen and frozen.left_out else []
    form = FreezeForm(data={"left_out": ticked, "version": frozen.version if frozen else 0})
    form.left_out.choices = options((table_key(name), table_label(name)) for name in REPORT_TABLES)
    return form


class ProposeForm(ReauthenticationForm):
    """Ask, as the last step, whether small numbers in the texts were read, and for the password."""

    sentences = checkbox(
        "I have read these and they do not identify a child",
        "The history will tell that you ticked this.",
    )
    submit = save_button("Propose to issue this report")


class AgreeForm(ReauthenticationForm):
    """Ask the second person for the password."""

    submit = save_button("Agree: issue this report")


class WithdrawForm(ReauthenticationForm):
    """Ask why an issued report is withdrawn, and for the password."""

    reason = text_area("Why it is withdrawn", "Everybody who opens it reads this in its place.")
    submit = save_button("Withdraw this report")


class EarlierForm(HouseForm):
    """Ask for the totals that a board printed of a year before it used this."""

    year = text_line("Year", "Like 2009-10, from 1 April to 31 March.")
    deaths = text_line("Deaths in that year", "As they were printed.")
    reviews = text_line("Reviews completed in that year", "As they were printed.")
    source = text_line("Where it was printed", "Like: annual report 2009-10, page 12.")
    submit = save_button("Save the totals")

    @property
    def facts(self) -> EarlierFacts:
        """Return what was typed; None for what is no number."""
        deaths, reviews = (whole_number(one_line(field.data), 5) for field in (self.deaths, self.reviews))
        return EarlierFacts(one_line(self.year.data), deaths, reviews, one_line(self.source.data))
