"""The yardstick: the same rows shown and changed by the barest Flask and peewee application.

No layout, no sign-in, no rules, no trail of hashes: one indexed query and one compiled template, and one form
that writes as many rows in one transaction, with the same syncs.
"""

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import peewee
from flask import Flask, redirect, render_template
from flask_wtf import FlaskForm
from jinja2 import DictLoader
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from kscb_actions.sqlite import PRAGMAS, Sqlite

OVERDUE, SHOWN = 2_000, 50
TODAY = date(2012, 3, 30)
PAGE = """<!doctype html>
<html lang="en"><head><title>Actions</title></head><body><h1>Actions</h1>
<table><thead><tr><th>Reference</th><th>Action</th><th>Agency</th><th>Due</th><th>Progress</th></tr></thead><tbody>
{% for row in rows %}
<tr><th><a href="/actions/{{ row.id }}">{{ row.reference }}</a></th><td>{{ row.text }}</td>
<td>{{ row.agency }}</td><td>{{ row.due_on }}</td><td>{{ row.progress }}</td></tr>
{% endfor %}
</tbody></table></body></html>
"""

db = Sqlite(None)


class Row(peewee.Model):
    """An action."""

    reference = peewee.CharField()
    text = peewee.TextField()
    agency = peewee.CharField()
    due_on = peewee.DateField(index=True)
    progress = peewee.CharField()
    updated_on = peewee.DateField(default=TODAY)
    version = peewee.IntegerField(default=1)

    class Meta:
        database = db


class Said(peewee.Model):
    """What was said of an action."""

    row = peewee.ForeignKeyField(Row)
    progress = peewee.CharField()
    narrative = peewee.TextField()
    at = peewee.DateTimeField()

    class Meta:
        database = db


class Event(peewee.Model):
    """A line of a trail."""

    row = peewee.ForeignKeyField(Row)
    at = peewee.DateTimeField(index=True)
    event = peewee.CharField(index=True)
    state = peewee.TextField()

    class Meta:
        database = db


class SayForm(FlaskForm):
    """An update of an action."""

    version = IntegerField(validators=[InputRequired()])
    progress = SelectField(choices=["not_started", "in_progress", "cannot_be_done"])
    narrative = TextAreaField(validators=[InputRequired()])


def fill(path: Path) -> None:
    """Make the database, of OVERDUE actions."""
    db.init(str(path), pragmas=PRAGMAS)
    with db.connection_context(), db.atomic():
        db.create_tables([Row, Said, Event])
        for start in range(0, OVERDUE, 100):
            Row.insert_many(_row(number) for number in range(start, start + 100)).execute()


def _row(number: int) -> dict[str, Any]:
    return {
        "reference": f"SCR-2011-{number // 20:04}/A{number % 20}",
        "text": f"{number}. Agree with partner agencies how information about a household is shared when an "
        "adult is known to substance misuse services, and show by a dip sample of records that it is.",
        "agency": f"Agency number {number % 16:02}",
        "due_on": TODAY - timedelta(days=1 + number % 400),
        "progress": "in_progress",
    }


def make_app(path: Path) -> Flask:
    """Return the application on a database that `fill` has made."""
    app = Flask(__name__)
    app.secret_key = "bench-only"
    app.jinja_loader = DictLoader({"page.html": PAGE})
    db.init(str(path), pragmas=PRAGMAS)
    app.before_request(_open)
    app.teardown_request(lambda _: db.close())
    app.add_url_rule("/", view_func=show_rows)
    app.add_url_rule("/actions/<int:number>", view_func=say, methods=["GET", "POST"])
    return app


def _open() -> None:
    db.connect()


def show_rows() -> str:
    """Return the actions longest overdue."""
    overdue = Row.select(Row.id, Row.reference, Row.text, Row.agency, Row.due_on, Row.progress)
    return render_template(
        "page.html", rows=overdue.where(Row.due_on < TODAY).order_by(Row.due_on).limit(SHOWN)
    )


def say(number: int) -> Any:
    """Write an action, its update and two lines of a trail for a post; give a token otherwise."""
    form = SayForm()
    if not form.validate_on_submit():
        return form.csrf_token.current_token
    progress, narrative = form.progress.data, form.narrative.data
    # As naive as the application keeps its own.
    now = datetime(2012, 3, 30, 9, 0)  # noqa: DTZ001
    with db.atomic("IMMEDIATE"):
        row = Row.get_by_id(number)
        row.progress, row.updated_on, row.version = progress, TODAY, row.version + 1
        row.save()
        Event.create(row=row, at=now, event="updated", state=row.text)
        Said.create(row=row, progress=progress, narrative=narrative, at=now)
        Event.create(row=row, at=now, event="said", state=narrative)
    return redirect("/")


if bare_path := os.environ.get("BENCH_BARE"):
    app = make_app(Path(bare_path))
