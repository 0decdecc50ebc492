"""The shared macros, drawn all together through the environment the application has."""

import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, flash, render_template
from jinja2 import ChoiceLoader, FileSystemLoader
from lxml import html
from markupsafe import Markup, escape

from kscb_actions.web.shared.templating import changed_address, configure_templates, folded
from kscb_actions.wording import date_short, date_uk, instant_uk, plural

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script>\"'&"
RATINGS = [
    ("blue", "Accepted by the Board"),
    ("red", "Overdue by 12 days"),
    ("amber", "Due within 14 days and not submitted"),
    ("green", "On course"),
    ("grey", "On hold"),
]


def component_facts():
    """Return what every macro is to draw, with a hostile text wherever a person could have typed one."""
    instant = datetime(2012, 3, 31, 8, 5, tzinfo=UTC)
    files = [
        {
            "name": "Dip sample.docx",
            "href": "/files/1",
            "size": 48_200,
            "media_type": "Word",
            "sha256": "ab" * 32,
        },
        {"name": HOSTILE, "size": 900, "note": "Withdrawn: wrong year. " + HOSTILE},
    ]
    events = [
        {"title": "Reported done", "by": "Head of nursing", "at": instant, "text": HOSTILE},
        {"title": "Added", "on": date(2011, 5, 1), "detail": [("Due", "1 June 2011"), ("Reason", HOSTILE)]},
    ]
    series = [
        SimpleNamespace(name=colour.capitalize(), colour=colour, values=(3, 0, place))
        for place, (colour, _) in enumerate(RATINGS)
    ]
    board = SimpleNamespace(
        name="Kent Safeguarding Children Board",
        marking="OFFICIAL-SENSITIVE",
        notice="Demonstration: made-up content",
        fixed_today=date(2012, 3, 31),
        colour="#003a5d",
    )
    return {
        "hostile": HOSTILE,
        "ratings": RATINGS,
        "today": date(2012, 3, 31),
        "since": date(2012, 1, 31),
        "instant": instant,
        "categories": ["Health " + HOSTILE, "Police", "Eastern and Coastal Kent Community Health"],
        "series": series,
        "links": [[f"/actions?a={a}&r={r}" for r in range(5)] for a in range(3)],
        "events": events,
        "files": files,
        "board": board,
        "viewer": SimpleNamespace(name="SCR subgroup chair"),
        "navigation": [
            {"text": "What needs attention", "href": "/", "active": True},
            {"text": "Actions", "href": "/actions"},
        ],
        "form_errors": [{"text": "Say what was done " + HOSTILE, "href": "#narrative"}],
        "csp_nonce": "nonce-of-this-page",
    }


def make_app():
    app = Flask(__name__, root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.secret_key = "only for these tests"
    configure_templates(app)
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(Path(__file__).parent)])
    app.jinja_env.globals["csrf_token"] = lambda: "token-of-this-session"
    return app


def draw(template="test_components_page.html", address="/actions?agency=KCC&agency=NHS&page=4", **changes):
    with make_app().test_request_context(address):
        flash("Action A3 was saved. " + HOSTILE, "success")
        flash("The meeting closes on Friday.", "important")
        return render_template(template, **component_facts() | changes)


@pytest.fixture(scope="module")
def source():
    return draw()


@pytest.fixture(scope="module")
def drawn(source):
    return html.document_fromstring(source)


def inline_offences(page):
    """Return what the content security policy would refuse: inline styles, handlers and scripts."""
    return (
        page.xpath("//style | //*[@style]")
        + page.xpath("//@*[starts-with(name(), 'on')]")
        + page.xpath("//script[not(@src) and not(@nonce='nonce-of-this-page')]")
        + page.xpath("//*[starts-with(@href, 'javascript:')]")
    )


def repeated_ids(page):
    return [name for name, times in Counter(page.xpath("//@id")).items() if times > 1]


def test_no_macro_lets_markup_through(source, drawn):
    assert "<script>alert" not in source
    assert HOSTILE in drawn.text_content()


def test_hostile_text_is_drawn_by_every_macro_that_takes_words(drawn):
    times = drawn.text_content().count("<script>alert(1)</script>")
    assert times >= 20


def test_ids_are_unique_and_references_to_them_exist(drawn):
    assert repeated_ids(drawn) == []
    named = set(drawn.xpath("//@id"))
    references = drawn.xpath("//@for | //@aria-controls | //@aria-describedby | //@aria-labelledby")
    assert {one for each in references for one in each.split()} <= named


def test_a_repeated_id_is_found():
    assert repeated_ids(html.document_fromstring("<p id=a></p><p id=a></p>")) == ["a"]


def test_nothing_is_styled_or_scripted_inline(drawn):
    assert inline_offences(drawn) == []


@pytest.mark.parametrize(
    "offender",
    [
        '<p style="color:red">',
        '<p onclick="x()">',
        "<script>x()</script>",
        '<a href="javascript:x()">x</a>',
        "<style>p{}</style>",
    ],
)
def test_inline_style_and_script_are_found(offender):
    assert inline_offences(html.document_fromstring(f"<main>{offender}</main>"))


def test_the_title_is_the_heading_and_the_board_with_a_warning_when_something_is_wrong(drawn):
    heading = drawn.xpath("//h1")[0].text_content().strip()
    assert len(drawn.xpath("//h1")) == 1
    assert drawn.findtext(".//title") == f"Error: {heading} – Kent Safeguarding Children Board"
    calm = html.document_fromstring(draw(form_errors=[]))
    assert calm.findtext(".//title") == f"{heading} – Kent Safeguarding Children Board"


def test_signing_out_is_a_protected_form_and_absent_for_a_visitor(drawn):
    form = drawn.xpath("//form[@action='/sign-out']")[0]
    assert form.get("method") == "post"
    assert form.xpath(".//input[@name='csrf_token']/@value") == ["token-of-this-session"]
    assert "Sign out" not in draw(viewer=None)


def test_the_demonstration_date_and_the_marking_are_on_the_page(source):
    assert "The date here is always 31 March 2012." in source
    assert "OFFICIAL-SENSITIVE" in source
    live = SimpleNamespace(name="A board", marking="PROTECT", notice="", fixed_today=None, colour=None)
    assert "Demonstration" not in draw(board=live)


def test_every_rating_is_said_in_words(drawn):
    for colour, reason in RATINGS:
        tags = drawn.xpath(f"//strong[contains(@class, 'app-rating__tag--{colour}')]")
        assert tags and all(tag.text_content() == colour.capitalize() for tag in tags)
        assert reason in drawn.text_content()


def test_the_chart_is_followed_by_its_figures_each_leading_to_what_it_counts(drawn):
    figure = drawn.xpath("//figure")[0]
    bars = figure.xpath(".//*[local-name()='svg'][@role='img']/*[local-name()='rect']")
    assert len(bars) == 5 + 4, "five in the first bar, none in the second, the last without its zero"
    cells = figure.xpath(".//table/tbody/tr")[2].xpath("./*")
    assert [cell.text_content().strip() for cell in cells][1:] == ["0", "1", "2", "3", "4", "10"]
    assert cells[2].xpath(".//a/@href") == ["/actions?a=2&r=1"]


def test_bars_never_leave_the_picture(drawn):
    for bar in drawn.xpath("//figure//*[local-name()='svg'][@role='img']/*[local-name()='rect']"):
        assert float(bar.get("x").rstrip("%")) + float(bar.get("width").rstrip("%")) <= 100.05


def test_sorting_keeps_the_filter_and_forgets_the_page(drawn):
    due = drawn.xpath("//th[@aria-sort]")
    assert [(each.get("aria-sort"), each.xpath(".//a/@href")[0]) for each in due] == [
        ("ascending", "/actions?agency=KCC&agency=NHS&sort=due&direction=descending")
    ]


def test_pages_around_the_present_one_are_linked_and_the_rest_is_left_out(drawn):
    items = drawn.xpath("//nav[@aria-label='Pagination']//li")
    assert [item.text_content().strip() for item in items] == ["1", "⋯", "3", "4", "5", "⋯", "9"]
    following = drawn.xpath("//nav[@aria-label='Pagination']//a[@rel='next']/@href")
    assert following == ["/actions?agency=KCC&agency=NHS&page=5"]
    assert "Showing 151 to 200 of 412 actions" in drawn.text_content()


def test_every_value_in_a_table_carries_its_column_title_for_narrow_screens(drawn):
    for one in drawn.xpath("//table"):
        titles = [re.sub(r"\s*[▲▼⇅]", "", each.text_content()).strip() for each in one.xpath("./thead//th")]
        for line in one.xpath("./tbody/tr[not(td/@colspan)]"):
            assert [cell.get("data-label") for cell in line.xpath("./*")] == titles


def test_a_table_without_rows_says_so(drawn):
    assert drawn.xpath("//table[caption='Nothing to see']//td")[0].text_content().strip() == "None."


def test_an_empty_fact_says_not_recorded(drawn):
    value = drawn.xpath("//dt[normalize-space()='Lead']/following-sibling::dd")[0]
    assert value.text_content().strip() == "Not recorded"


@pytest.mark.parametrize("name", [path.name for path in sorted((ROOT / "templates/errors").glob("*.html"))])
def test_error_pages_can_be_drawn_with_nothing_known(name):
    nothing = dict.fromkeys(["board", "viewer", "navigation", "form_errors"])
    page = html.document_fromstring(draw(f"errors/{name}", **nothing))
    assert page.xpath("//h1") and page.xpath("//main//a[@href='/']")
    assert inline_offences(page) == []


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime(2012, 3, 31, 8, 5, tzinfo=UTC), "31 March 2012 at 9:05am"),
        (datetime(2012, 3, 25, 0, 59, tzinfo=UTC), "25 March 2012 at 12:59am"),
        (datetime(2012, 3, 25, 1, 0, tzinfo=UTC), "25 March 2012 at 2am"),
        (datetime(2011, 10, 30, 0, 30, tzinfo=UTC), "30 October 2011 at 1:30am"),
        (datetime(2011, 10, 30, 1, 30, tzinfo=UTC), "30 October 2011 at 1:30am"),
        (datetime(2012, 1, 5, 0, 0, tzinfo=UTC), "5 January 2012 at midnight"),
        (datetime(2012, 1, 5, 12, 0, tzinfo=UTC), "5 January 2012 at midday"),
        (datetime(2012, 1, 5, 12, 1, tzinfo=UTC), "5 January 2012 at 12:01pm"),
        (datetime(2012, 6, 30, 23, 30), "1 July 2012 at 12:30am"),  # noqa: DTZ001
        (None, "never"),
    ],
)
def test_instants_are_shown_in_london_time(instant, words):
    assert instant_uk(instant) == words


def test_dates_are_shown_in_words_and_a_missing_one_is_said():
    assert (date_uk(date(2012, 2, 29)), date_short(date(2012, 9, 1))) == ("29 February 2012", "1 Sep 2012")
    assert (date_uk(None), date_short(None, "none")) == ("no date", "none")


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 agencies"), (1, "1 agency"), (2, "2 agencies"), (1204, "1,204 agencies")]
)
def test_counts_agree_with_their_noun(count, words):
    assert plural(count, "agency", "agencies") == words


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, "/a?x=1&x=2&y=%26"),
        ({"x": None}, "/a?y=%26"),
        ({"x": ["3", "4"]}, "/a?y=%26&x=3&x=4"),
        ({"x": None, "y": None}, "/a"),
        ({"page": 2}, "/a?x=1&x=2&y=%26&page=2"),
    ],
)
def test_an_address_is_changed_only_where_asked(changes, address):
    assert changed_address("/a", [("x", "1"), ("x", "2"), ("y", "&")], changes) == address


def test_a_long_text_folds_and_loses_nothing() -> None:
    text = "Nine of ten <were> read.\n" * 400
    drawn = html.fromstring(f"<div>{folded(text)}</div>")
    [rest] = drawn.find_class("app-long")
    for words in drawn.find_class("app-long__words"):
        words.drop_tree()
    assert drawn.text_content() == text
    assert len(rest.text_content()) > 9_000


@pytest.mark.parametrize("text", ["", "short", "x" * 900, Markup("<b>{}</b>").format("y" * 2_000)])
def test_what_is_not_long_or_drawn_already_does_not_fold(text: str) -> None:
    assert folded(text) == escape(text)


def test_a_long_text_without_a_space_folds_too() -> None:
    assert folded("x" * 2_000).startswith("x" * 600 + "<details")
