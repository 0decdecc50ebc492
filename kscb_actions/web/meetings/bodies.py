"""Bodies that meet: the list, each with its seats, and keeping them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from kscb_actions import clock
from kscb_actions.access.policy import Permission, Refused, may
from kscb_actions.meetings import service
from kscb_actions.meetings.models import BodySeat, MeetingBody
from kscb_actions.meetings.queries import (
    calendar_of,
    covered_reviews,
    get_body,
    get_seat,
    list_bodies,
    list_meetings,
    list_seats,
    years_with_meetings,
)
from kscb_actions.meetings.rules import DUTY_NAMES, KIND_NAMES, WHEN_NAMES, When, when
from kscb_actions.people.models import User
from kscb_actions.reviews.models import Review
from kscb_actions.reviews.queries import visible_review
from kscb_actions.web.shared.guard import Access, viewer
from kscb_actions.working_days.england import why_not_working

from . import blueprint
from .forms import BodyForm, SeatForm, body_values, seat_values, year_asked

READ = Access(Permission.READ_MEETING)
BODY = "/meetings/bodies/<int:body_id>"


@blueprint.app_template_filter("off_day")
def off_day(day: Any) -> str:
    """Return why nobody works on a day; empty on a working day."""
    return why_not_working(day) or ""


@blueprint.route("/meetings", access=READ)
def index() -> Any:
    """Show the bodies, each with its next meeting and the last."""
    today, meetings = clock.today(), list_meetings(viewer())
    rows = []
    for body in list_bodies(viewer()):
        own = [each for each in meetings if each.body_id == body.id and each.cancelled_at is None]
        coming = [each for each in own if each.held_on >= today]
        rows.append((body, coming[-1] if coming else None, next((e for e in own if e.held_on < today), None)))
    return render_template(
        "meetings/index.html",
        rows=rows,
        kind_names=KIND_NAMES,
        keeps=bool(may(viewer(), Permission.KEEP_MEETINGS)),
    )


@blueprint.route("/meetings/calendar", access=READ)
def calendar() -> Any:
    """Show every day of a year's meetings in order."""
    year = year_asked(request.args.get("year"), clock.today().year)
    return render_template(
        "meetings/calendar.html",
        year=year,
        days=calendar_of(viewer(), year),
        years=sorted({*years_with_meetings(), year}),
    )


@blueprint.route("/meetings/bodies/new", access=Access(Permission.KEEP_MEETINGS), methods=["GET", "POST"])
def new_body() -> Any:
    """Add a body to the list."""
    form = BodyForm(data={"covers": "all", "is_active": True})
    form.offer(_reviews())
    made: list[MeetingBody] = []
    if form.carried_out(lambda: made.append(service.add_body(viewer(), form.facts))):
        flash(f"{made[0].name} is in the list. Give its members their seats.", "success")
        return redirect(url_for("meetings.body", body_id=made[0].id))
    return render_template("meetings/body_form.html", form=form, body=None), form.status


@blueprint.route(BODY, access=Access(Permission.READ_MEETING, of=get_body))
def body(body: MeetingBody) -> Any:
    """Show a body: who is on it, what it covers, and its meetings."""
    today = clock.today()
    return render_template(
        "meetings/body.html",
        body=body,
        kind=KIND_NAMES[body.kind],
        seats=list_seats(body),
        duty_names=DUTY_NAMES,
        reviews=covered_reviews(viewer(), body),
        meetings=[
            (each, WHEN_NAMES[when(each.held_on, each.cancelled_at is not None, today)])
            for each in list_meetings(viewer(), body)
        ],
        to_come=WHEN_NAMES[When.TO_COME],
        keeps=bool(may(viewer(), Permission.KEEP_MEETINGS)),
    )


@blueprint.route(
    f"{BODY}/edit", access=Access(Permission.KEEP_MEETINGS, of=get_body), methods=["GET", "POST"]
)
def edit_body(body: MeetingBody) -> Any:
    """Change a body, and what it covers."""
    form = BodyForm(data=body_values(body, covered_reviews(viewer(), body)))
    form.offer(_reviews())
    if form.carried_out(lambda: service.edit_body(viewer(), body, form.facts, form.seen_version), _body_now):
        flash(f"{body.name} is saved.", "success")
        return redirect(url_for("meetings.body", body_id=body.id))
    return render_template(
        "meetings/body_form.html", form=form, body=get_body(viewer(), body.id)
    ), form.status


@blueprint.route(
    f"{BODY}/seats/new", access=Access(Permission.KEEP_MEETINGS, of=get_body), methods=["GET", "POST"]
)
def new_seat(body: MeetingBody) -> Any:
    """Add a seat to a body."""
    form = SeatForm(data=seat_values())
    form.offer(_people())
    if form.carried_out(lambda: service.add_seat(viewer(), body, *form.typed)):
        flash("The seat is added.", "success")
        return redirect(url_for("meetings.body", body_id=body.id))
    return render_template("meetings/seat.html", form=form, body=body, seat=None), form.status


@blueprint.route(
    "/meetings/seats/<int:seat_id>",
    access=Access(Permission.KEEP_MEETINGS, of=get_seat),
    methods=["GET", "POST"],
)
def seat(seat: BodySeat) -> Any:
    """Change a seat, or who has it."""
    form = SeatForm(data={**seat_values(seat.post, seat.duty, seat.user_id), "version": str(seat.version)})
    form.offer(_people(seat.user))
    if form.carried_out(
        lambda: service.edit_seat(viewer(), seat, *form.typed, form.seen_version),
        lambda now: seat_values(now.post, now.duty, now.user_id),
    ):
        flash("The seat is saved.", "success")
        return redirect(url_for("meetings.body", body_id=seat.body_id))
    now = get_seat(viewer(), seat.id)
    return render_template("meetings/seat.html", form=form, body=seat.body, seat=now), form.status


@blueprint.route(
    "/meetings/seats/<int:seat_id>/remove",
    access=Access(Permission.KEEP_MEETINGS, of=get_seat),
    methods=["POST"],
)
def remove_seat(seat: BodySeat) -> Any:
    """Take a seat off a body."""
    try:
        service.remove_seat(viewer(), seat)
    except Refused as refusal:
        flash(str(refusal), "important")
    else:
        flash(f"The seat “{seat.post}” is taken off. What it was stays in the audit trail.", "success")
    return redirect(url_for("meetings.body", body_id=seat.body_id))


def _body_now(now: MeetingBody) -> dict[str, object]:
    return body_values(now, covered_reviews(viewer(), now))


def _reviews() -> list[Review]:
    return list(Review.select().where(visible_review(viewer())).order_by(Review.reference))


def _people(present: User | None = None) -> list[User]:
    people = list(User.select().where(User.is_active).order_by(User.name, User.id))
    return people if present is None or present in people else [*people, present]
