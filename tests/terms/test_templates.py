"""Templates speak in the board's words in what they say themselves; what they are given stays."""

from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string

from kscb_actions import terms
from kscb_actions.terms import Terms
from kscb_actions.web.shared.forms import HouseForm, radios, text_line


@pytest.fixture
def partnership(app: Flask) -> Iterator[None]:
    """Draw what is drawn in the words of a partnership."""
    with app.test_request_context():
        terms.use(Terms(board="Partnership", chair="convenor"))
        yield
        terms.use(Terms())


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("<p>The Board’s {{ x }}</p>", "<p>The Partnership’s The Board &lt;b&gt;</p>"),
        ("{{ x }} by a chair&nbsp;of it", "The Board &lt;b&gt; by a convenor&nbsp;of it"),
        ("{{ 'The Board ' ~ x }}", "The Partnership The Board &lt;b&gt;"),
        (
            "{{ {'turn': 'board', '/board.css': 1} }}",
            "{&#39;turn&#39;: &#39;board&#39;, &#39;/board.css&#39;: 1}",
        ),
        (
            '<a class="board" href="/board?{{ 1 }}&turn=board">Board</a>',
            '<a class="board" href="/board?1&turn=board">Partnership</a>',
        ),
        ("{% macro m(x='To the Board') %}{{ x }}{% endmacro %}{{ m() }}", "To the Partnership"),
        ("{% if 1 %}Board{% else %}chair{% endif %}", "Partnership"),
        ("{# Board #}{% set t = 'A chair.' %}{{ t }}", "A convenor."),
    ],
)
def test_its_own_texts_alone_are_said(partnership: None, template: str, expected: str) -> None:
    assert render_template_string(template, x="The Board <b>") == expected


def test_one_compiled_template_has_the_words_of_each_drawing(app: Flask) -> None:
    template = app.jinja_env.from_string("The Board")
    with app.test_request_context():
        drawn = []
        for each in (Terms(), Terms(board="Partnership"), Terms()):
            terms.use(each)
            drawn.append(template.render())
    assert drawn == ["The Board", "The Partnership", "The Board"]


class Asking(HouseForm):
    """Asks."""

    what = text_line("What does the Board ask?", "Of its chair.")
    who = radios("Who?", [("board", "The Board"), ("other", "Somebody else")])


def test_a_form_has_the_words_of_each_request(partnership: None) -> None:
    form = Asking()
    assert (form.what.label.text, form.what.description) == (
        "What does the Partnership ask?",
        "Of its convenor.",
    )
    assert [(each.value, each.label) for each in form.who.choices][0] == ("board", "The Partnership")
    terms.use(Terms())
    form = Asking()
    assert form.what.label.text == "What does the Board ask?" and form.who.choices[0].label == "The Board"
