"""Erasing a wrong file: asking for it, deciding what another person asks, and what stays afterwards."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from wtforms import HiddenField

from kscb_actions.access.policy import ROLE_NAMES, Permission
from kscb_actions.assurance.erasable import Erasable, get_erasable_paper, named
from kscb_actions.assurance.erasing import ask_to_erase, decide_erasure, take_erasure_back
from kscb_actions.assurance.erasing_letters import who_can_agree
from kscb_actions.assurance.models import Erasure, EvidenceFile
from kscb_actions.assurance.queries import (
    backups_holding,
    get_erasure,
    get_file,
    is_bound,
    is_name_in_trail,
    list_waiting_erasures,
    same_content,
)
from kscb_actions.assurance.rules import why_not_erased_by
from kscb_actions.config import Settings
from kscb_actions.files.store import EvidenceStore
from kscb_actions.reviews.papers.models import ReviewPaper
from kscb_actions.reviews.papers.rules import OWN_KINDS
from kscb_actions.web.shared.forms import (
    HouseForm,
    checkboxes,
    radios,
    reason_area,
    save_button,
)
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.wording import date_uk, instant_uk

from . import blueprint
from .evidence import PIECE

PAPER = "/reviews/<reference>/papers/<int:paper_id>"
AGREE, REFUSE = "agree", "refuse"
STILL_THERE = (
    "The file is erased from every page. Its bytes could not be removed from the disk yet; the server tries "
    "again within an hour. Tell whoever runs it."
)


class EraseForm(HouseForm):
    """Asking for a file to be erased. `others` are files with the same bytes."""

    reason = reason_area(
        "Why must it not be kept?",
        "For example: it speaks of a child of another case. Write no name: the reason stays for ever.",
    )
    others = checkboxes(
        "The same file is kept in other places. Where has it to be erased too?",
        hint="Leave out where it belongs.",
    )
    submit = save_button("Ask for it to be erased")


class ErasureForm(HouseForm):
    """Deciding what another person asks. `others` are requests about files with the same bytes."""

    decision = radios(
        "What do you decide?",
        [(AGREE, "Erase it now: it cannot be brought back"), (REFUSE, "Refuse: the file stays")],
        "Open the file and look at it before you decide.",
    )
    others = checkboxes("It is asked for the same file in other places too. Decide the same for:")
    reason = reason_area("Why, if you refuse (optional if you agree)", "Write no name: it stays for ever.")
    submit = save_button("Save the decision")


class TakeBackForm(HouseForm):
    """Taking back what one has asked."""

    take_back = HiddenField(default="1")
    submit = save_button("Take the request back")


@blueprint.route(
    f"{PIECE}/files/<int:file_id>/erase",
    access=Access(Permission.ERASE_FILE, of=get_file),
    methods=["GET", "POST"],
)
def erase(file: EvidenceFile) -> Any:
    """Ask for a file of the evidence to be erased, here and wherever else the same one is kept."""
    return _ask(file)


@blueprint.route(
    f"{PAPER}/erase",
    access=Access(Permission.ERASE_FILE, of=get_erasable_paper),
    methods=["GET", "POST"],
)
def erase_paper(paper: ReviewPaper) -> Any:
    """Ask for a file that a review keeps to be erased, here and wherever else the same one is kept."""
    return _ask(paper)


def _ask(file: Erasable) -> Any:
    asked = get_erasure(file)
    if file.erased_at or (asked and not asked.outcome):
        return redirect(_address(file))
    others = [each for each in same_content(viewer(), file) if not _waits(each)]
    form = EraseForm()
    form.others.choices = [(str(each.id), _told(each)) for each in others]
    if form.carried_out(
        lambda: ask_to_erase(
            viewer(), [file, *_chosen(others, form.others.data)], form.reason.data, _settings().base_url
        )
    ):
        flash("It waits until somebody of another role agrees. Those who can are told by mail.", "success")
        return redirect(_address(file))
    page = render_template(
        "assurance/erase.html",
        form=form,
        file=file,
        **_shown(file),
        earlier=asked,
        others=others,
        waiting=_links([each for each in same_content(viewer(), file) if _waits(each)]),
        backups=backups_holding(file),
    )
    return page, form.status


@blueprint.route(
    f"{PIECE}/files/<int:file_id>/erasure",
    access=Access(Permission.ERASE_FILE, of=get_file),
    methods=["GET", "POST"],
)
def erasure(file: EvidenceFile) -> Any:
    """Show what was asked about erasing a file and what is left of it; decide it, or take it back."""
    return _answer(file)


@blueprint.route(
    f"{PAPER}/erasure",
    access=Access(Permission.ERASE_FILE, of=get_erasable_paper),
    methods=["GET", "POST"],
)
def paper_erasure(paper: ReviewPaper) -> Any:
    """Show what was asked about erasing a file that a review keeps; decide it, or take it back."""
    return _answer(paper)


def _answer(file: Erasable) -> Any:
    asked = get_erasure(file)
    if asked is None:
        return redirect(_address(file, "erase"))
    if asked.outcome:
        return _settled(file, asked)
    if isinstance(file, EvidenceFile):
        asked.file = file
    else:
        asked.paper = file
    if asked.asked_by_id == viewer().id:
        return _take_back(file, asked)
    refusal = why_not_erased_by(viewer(), asked.asked_by_id, asked.roles_asking)
    if refusal:
        return _page(file, asked, refusal=refusal), 409 if request.method == "POST" else 200
    return _decide(file, asked)


def _take_back(file: Erasable, asked: Erasure) -> Any:
    form = TakeBackForm()
    if form.carried_out(lambda: take_erasure_back(viewer(), asked, _settings().base_url)):
        flash("The request is taken back. The file stays.", "success")
        return redirect(_home_of(file)[1])
    return _page(file, asked, form=form), form.status


def _decide(file: Erasable, asked: Erasure) -> Any:
    others = [each for each in list_waiting_erasures(viewer()) if _is_same(each, asked)]
    form = ErasureForm()
    form.others.choices = [(str(each.id), _told(each.of)) for each in others]
    if is_decided(form, lambda: _save(form, [asked, *_chosen(others, form.others.data)])):
        return redirect(_address(file))
    return _page(file, asked, form=form, others=others), form.status


def is_decided(form: ErasureForm, save: Callable[[], bool]) -> bool:
    """Decide as the form says, if it was sent and is right, and say what came of it; return whether it was.

    save  decides, and returns whether what was agreed to is off the disk
    """
    if not form.validate_on_submit():
        return False
    if form.decision.data not in (AGREE, REFUSE):
        form.add_errors({"decision": "Choose whether to erase it or to refuse."})
        return False
    gone: list[bool] = []
    if not form.attempt(lambda: gone.append(save())):
        return False
    if form.decision.data == REFUSE:
        flash("The file stays. Who asked is told.", "success")
    elif gone[0]:
        flash("The file is erased. What stays of it is here.", "success")
    else:
        flash(STILL_THERE, "important")
    return True


def _save(form: ErasureForm, erasures: Sequence[Erasure]) -> bool:
    is_agreed = form.decision.data == AGREE
    return decide_erasure(viewer(), _store(), erasures, is_agreed, form.reason.data, _settings().base_url)


def _is_same(each: Erasure, asked: Erasure) -> bool:
    is_other = each.id != asked.id and each.of.sha256 == asked.of.sha256
    return is_other and why_not_erased_by(viewer(), each.asked_by_id, each.roles_asking) is None


def _settled(file: Erasable, asked: Erasure) -> Any:
    status = 409 if request.method == "POST" else 200
    if not file.erased_at and request.method == "GET":
        return redirect(_address(file, "erase"))
    return _page(file, asked), status


def _page(file: Erasable, asked: Erasure, **more: Any) -> str:
    return render_template(
        "assurance/erasure.html",
        **{"form": None, "others": [], "refusal": "", **more},
        file=file,
        asked=asked,
        **_shown(file),
        able=[] if asked.outcome else who_can_agree(asked),
        role_names=[ROLE_NAMES[role] for role in sorted(asked.roles_asking)],
        same=_links(same_content(viewer(), file)),
        is_on_disk=bool(file.erased_at) and _store().holds(file.stored_name),
        is_name_in_trail=is_name_in_trail(file),
        backups=backups_holding(file),
    )


def _waits(file: Erasable) -> bool:
    asked = get_erasure(file)
    return asked is not None and not asked.outcome


def _chosen(among: Sequence[Any], ids: Sequence[str] | None) -> list[Any]:
    return [each for each in among if str(each.id) in (ids or ())]


def _told(file: Erasable) -> str:
    since = file.evidence.added_at if isinstance(file, EvidenceFile) else file.kept_at
    done = "attached" if isinstance(file, EvidenceFile) else "added"
    return f"{named(file)}: “{file.called}”, {done} on {date_uk(since.date())}"


def _shown(file: Erasable) -> dict[str, Any]:
    """Return what both pages say of where a file is: its name there, the way back, and the file's address."""
    name, back = _home_of(file)
    shown = {"of": named(file), "back": back, "back_to": name, "href": _file_address(file)}
    if isinstance(file, EvidenceFile):
        action = file.evidence.action
        return {**shown, "is_bound": is_bound(file.evidence), "who": f"a lead of {action.agency.name}"}
    return {**shown, "is_bound": False, "who": "a lead of the agency of who added it"}


def _home_of(file: Erasable) -> tuple[str, str]:
    if isinstance(file, EvidenceFile):
        action = file.evidence.action
        return action.reference, url_for("actions.show", **_of_action(file))
    if file.kind not in OWN_KINDS:
        return "impact", url_for("reviews.show", reference=file.review.reference)
    return "the papers", url_for("reviews.papers", reference=file.review.reference)


def _file_address(file: Erasable) -> str | None:
    if isinstance(file, EvidenceFile):
        return url_for("assurance.file", **_arguments(file))
    if file.kind not in OWN_KINDS:
        return None
    return url_for("reviews.paper_file", reference=file.review.reference, paper_id=file.id)


def _links(files: Sequence[Erasable]) -> list[tuple[str, str]]:
    """Return (words, address of the page about erasing it) of each file."""
    return [
        (
            f"{named(each)}, evidence of {instant_uk(each.evidence.added_at)}"
            if isinstance(each, EvidenceFile)
            else f"{named(each)}, paper of {instant_uk(each.kept_at)}",
            _address(each, "erase"),
        )
        for each in files
    ]


def _of_action(file: EvidenceFile) -> dict[str, Any]:
    action = file.evidence.action
    return {"reference": action.review.reference, "number": action.number}


def _arguments(file: EvidenceFile) -> dict[str, Any]:
    return {**_of_action(file), "evidence_id": file.evidence_id, "file_id": file.id}


def _address(file: Erasable, page: str = "erasure") -> str:
    if isinstance(file, EvidenceFile):
        return url_for(f"assurance.{page}", **_arguments(file))
    endpoint = "assurance.paper_erasure" if page == "erasure" else "assurance.erase_paper"
    return url_for(endpoint, reference=file.review.reference, paper_id=file.id)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _store() -> EvidenceStore:
    return EvidenceStore(_settings().evidence)
