"""A draft is written, and members say what they have to say of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission
from kscb_actions.child_deaths import terms
from kscb_actions.child_deaths.cases.words import facts_of_case, returns_in_words
from kscb_actions.child_deaths.drafting.models import DraftComment
from kscb_actions.child_deaths.drafting.queries import (
    comments_of,
    draft_of,
    earlier_draft,
    get_case_to_comment,
    get_case_to_draft,
    get_own_comment,
    keeps_panels,
    may_be_named,
    why_not_now,
)
from kscb_actions.child_deaths.drafting.service import comment as say
from kscb_actions.child_deaths.drafting.service import correct_comment as put_right
from kscb_actions.child_deaths.drafting.service import save_draft
from kscb_actions.child_deaths.drafting.words import draft_in_words
from kscb_actions.child_deaths.judging.queries import judgements_of
from kscb_actions.child_deaths.meetings.models import PanelCase
from kscb_actions.child_deaths.returns.queries import list_returns
from kscb_actions.people.models import User
from kscb_actions.settings.districts import read_districts
from kscb_actions.web.child_deaths import panel_pages
from kscb_actions.web.child_deaths.judgement_form import DraftForm, analysis_of, form_with
from kscb_actions.web.shared.forms import HouseForm, options, select, text_area
from kscb_actions.web.shared.guard import Access, viewer

BOTH = ["GET", "POST"]
NOTHING = "nothing"


class CommentForm(HouseForm):
    """Ask what a member says of a draft; of a co-ordinator at the meeting, whose words they are."""

    member = select("Who said it?", wrong=None)
    text = text_area(
        "Your comment", "The panel and the co-ordinator see it with your name. Name no child or family."
    )

    def offer(self, members: list[User]) -> None:
        """Put these members on offer, for who writes down what others say; with none it is not asked."""
        self._members = {str(each.id): each for each in members}
        self.member.choices = options(
            [("", "Choose a member"), *((key, each.name) for key, each in self._members.items())]
        )
        if not members:
            del self.member

    @property
    def said_by(self) -> User | None:
        """Return whose words they are; None for the writer's own."""
        return self._members.get(self.member.data) if "member" in self else None


@panel_pages.route(
    "/panels/<int:meeting_id>/cases/<int:death_id>/draft",
    access=Access(Permission.DRAFT_CASE, of=get_case_to_draft),
    methods=BOTH,
)
def draft(case: PanelCase) -> Any:
    """Take the draft of what the panel decides on a case."""
    closed = why_not_now(case)
    if closed and request.method == "GET":
        return redirect(_address("panels.case", case))
    form, is_from_before = _draft_form(case)
    if form.carried_out(
        lambda: save_draft(viewer(), case, form.judgement(), form.reasons.data, form.seen_version),
        lambda current: {**form.filled(judgements_of([current])[current.id]), "reasons": current.reasons},
    ):
        flash("The draft is saved. Members with a seat can read it and comment.", "success")
        return redirect(_address("panels.case", case))
    return render_template(
        "child_deaths/drafting/draft.html",
        form=form,
        is_from_before=is_from_before,
        comments=comments_of(viewer(), case),
        **_about(case),
    ), form.status


@panel_pages.route(
    "/panels/<int:meeting_id>/cases/<int:death_id>/comment",
    access=Access(Permission.DRAFT_CASE, of=get_case_to_comment),
    methods=BOTH,
)
def comment(case: PanelCase) -> Any:
    """Take what a member says of a draft, or a co-ordinator writes down for them at the meeting."""
    if why_not_now(case) and request.method == "GET":
        return redirect(_address("panels.case", case))
    form, able = CommentForm(), may_be_named(case.meeting, [case.death_id])[case.death_id]
    is_own = any(each.id == viewer().id for each in able)
    writes_down = keeps_panels(viewer()) and clock.today() >= case.meeting.held_on
    form.offer(able if writes_down else [])
    has_nothing = request.form.get("next") == NOTHING
    if form.carried_out(
        lambda: say(viewer(), case, "" if has_nothing else form.text.data, has_nothing, form.said_by)
    ):
        flash(
            "It is recorded that you have nothing to add." if has_nothing else "The comment is saved.",
            "success",
        )
        return redirect(_address("panels.case", case))
    return render_template(
        "child_deaths/drafting/comment.html",
        form=form,
        can_say=is_own or writes_down,
        is_own=is_own,
        drafted=(drafted := draft_of(viewer(), case)),
        draft_rows=draft_in_words(drafted) if drafted else [],
        comments=comments_of(viewer(), case),
        **_about(case),
    ), form.status


@panel_pages.route(
    "/panels/<int:meeting_id>/cases/<int:death_id>/comments/<int:comment_id>",
    access=Access(Permission.DRAFT_CASE, of=get_own_comment),
    methods=BOTH,
)
def correct_comment(said: DraftComment) -> Any:
    """Put other words in the place of a comment; what it was stays readable."""
    case = get_case_to_comment(viewer(), said.panel_case.meeting_id, said.panel_case.death_id)
    if case is None or (why_not_now(case) and request.method == "GET"):
        return redirect(_address("panels.case", said.panel_case))
    form = CommentForm(data={"text": said.text, "version": str(said.version)})
    form.offer([])
    has_nothing = request.form.get("next") == NOTHING
    if form.carried_out(
        lambda: put_right(
            viewer(), said, "" if has_nothing else form.text.data, has_nothing, form.seen_version
        ),
        lambda current: {"text": current.text},
    ):
        flash("The comment is corrected. What it was stays readable.", "success")
        return redirect(_address("panels.case", case))
    return render_template(
        "child_deaths/drafting/correct.html", form=form, said=said, **_about(case)
    ), form.status


def _draft_form(case: PanelCase) -> tuple[DraftForm, bool]:
    """Return the form, and whether it begins with what was drafted for another meeting."""
    kept = draft_of(viewer(), case)
    begun = kept if kept else earlier_draft(viewer(), case)
    judgement = begun.judgement if begun else None
    made = form_with(DraftForm, judgement, request.form, analysis_of(case.death))
    filled = made.filled(judgement) | {"reasons": begun.draft.reasons} if begun and judgement else {}
    form = made(data={"version": str(kept.draft.version if kept else 0), **filled})
    form.offer(case.meeting.held_on)
    return form, bool(judgement and not kept)


def _address(endpoint: str, case: PanelCase) -> str:
    return url_for(endpoint, meeting_id=case.meeting_id, death_id=case.death_id)


def _about(case: PanelCase) -> dict[str, Any]:
    return {
        "case": case,
        "meeting": case.meeting,
        "death": case.death,
        "facts": facts_of_case(case.death, read_districts().names),
        "returns": returns_in_words(list_returns(viewer(), case.death)),
        "terms": terms,
        "back": _address("panels.case", case),
    }
