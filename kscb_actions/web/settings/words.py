"""The page of the board's own words."""

from dataclasses import asdict
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from kscb_actions.access.policy import Permission
from kscb_actions.audit.queries import last_event_of_kind
from kscb_actions.settings.models import Setting
from kscb_actions.settings.queries import get_board, settings_version
from kscb_actions.settings.service import StaleSettings, change_settings
from kscb_actions.settings.words import WORD, WORDS, problems_with_words
from kscb_actions.terms import STANDARD, Terms, say_in, say_later
from kscb_actions.text import InvalidInput, one_line
from kscb_actions.web.shared.forms import (
    Conflict,
    Difference,
    HouseForm,
    actor_of,
    came_first,
    save_button,
    text_line,
    who_saved,
)
from kscb_actions.web.shared.guard import Access, viewer

from . import blueprint

# Some of the product's texts with every word in them: how they would read.
EXAMPLES = (
    say_later("The Board has asked the SCR subgroup. The subgroup’s chair answers."),
    say_later("A Board member asked a board manager, and an independent chair decides."),
    say_later("To the Board, and its scrutiny committee."),
)


class WordsForm(HouseForm):
    """The board's words, each in the place of a standard one; an empty line keeps that."""

    word_board = text_line("", "What the whole body calls itself, such as Partnership.")
    word_manager = text_line("", "Who runs its business. Left empty, it is made of the word above.")
    word_subgroup = text_line("", "The group that follows the plans, such as learning and review group.")
    word_subgroup_short = text_line(
        "", "A short form where it has been named already, such as group. Left empty, the word above."
    )
    word_chair = text_line("", "Who leads that group, a panel or a meeting, such as convenor.")
    word_independent_chair = text_line("", "Who leads from outside, such as independent scrutineer.")
    word_scrutiny = text_line("", "To whom papers of the whole body go as well, such as scrutiny panel.")
    submit = save_button()

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for word, standard in asdict(STANDARD).items():
            self[f"{WORD}{word}"].label.text = f"Instead of “{standard}”"

    @property
    def values(self) -> dict[str, str]:
        """Return what was typed, for the service, with apostrophes as texts have them."""
        return {f"{WORD}{word}": one_line(self[f"{WORD}{word}"].data).replace("'", "’") for word in WORDS}

    @property
    def examples(self) -> list[str]:
        """Return how texts read in the words that stand in the form."""
        terms = Terms(**{name.removeprefix(WORD): word for name, word in self.values.items()})
        return [say_in(terms, each.text) for each in EXAMPLES]

    def show_conflict(self) -> None:
        """Show both texts, and who saved first; saving once more overwrites knowingly."""
        event, theirs = last_event_of_kind(Setting), _typed(get_board().terms)
        self.version.data = str(settings_version())
        self.form_errors.append(f"{came_first(actor_of(event))} Compare the two texts, then save again.")
        differences = [
            Difference(self[name].label.text, word, self[name].data)
            for name, word in theirs.items()
            if word != self[name].data
        ]
        self.conflict = Conflict(differences, who_saved(event), event.at if event else None)


def _typed(terms: Terms) -> dict[str, str]:
    return {f"{WORD}{word}": own for word, own in asdict(terms).items()}


@blueprint.route("/settings/words", access=Access(Permission.MANAGE_SETTINGS), methods=["GET", "POST"])
def words() -> Any:
    """Give the board's own words, or see how texts would read in them."""
    form = WordsForm(data={**_typed(g.board.terms), "version": settings_version()})
    if form.is_submitted() and "show" not in request.form:
        try:
            if form.carried_out(lambda: change_settings(viewer(), form.values, form.seen_version)):
                flash("The words are saved. Every page, message and paper has them from now on.", "success")
                return redirect(url_for("settings.words"))
        except StaleSettings:
            form.show_conflict()
    elif form.is_submitted():
        form.carried_out(lambda: _refuse(form))
    return render_template("settings/words.html", form=form), form.status


def _refuse(form: WordsForm) -> None:
    """Raise InvalidInput where the words in the form could not be saved."""
    terms = Terms(**{name.removeprefix(WORD): word for name, word in form.values.items()})
    if problems := problems_with_words(terms):
        raise InvalidInput(problems)
