"""The one place where the Jinja environment is shaped: loaders, filters and the words dates are shown in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from govuk_frontend_wtf.main import WTFormsHelpers, wtforms_errors
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    PackageLoader,
    PrefixLoader,
    Template,
    pass_environment,
)
from jinja2.ext import Extension
from jinja2.lexer import Token
from markupsafe import Markup, escape

from kscb_actions.dates_written import words_beside
from kscb_actions.pages import MOST_TOGETHER
from kscb_actions.terms import ANY, say
from kscb_actions.text import REPORTING_YEAR
from kscb_actions.wording import (
    date_short,
    date_uk,
    instant_uk,
    lower_first,
    plural,
    times,
    told_uk,
    upper_first,
)

from .charts import RATING_LETTERS, figure_rows, stacked_bars
from .days import Question

if TYPE_CHECKING:
    from flask import Flask
    from jinja2.bccache import Bucket
    from jinja2.lexer import TokenStream


# Characters of a long text that are seen at once, and how many more are worth folding.
SHOWN, WORTH_FOLDING = 600, 300


def years_kept(text: str) -> Markup:
    """Return a text, escaped, in which no line breaks at the hyphen of a reporting year, like 2011-12."""
    first, *rest = REPORTING_YEAR.split(text)
    pieces = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    years = [Markup('<span class="app-nowrap">{}-{}</span>{}').format(*piece) for piece in pieces]
    return escape(first) + Markup().join(years)


def folded(text: Any) -> Markup:
    """Return a text, escaped; of a long one the rest is folded until somebody opens it, or prints it."""
    if isinstance(text, Markup) or len(str(text)) <= SHOWN + WORTH_FOLDING:
        return escape(text)
    text = str(text)
    place = max(text.rfind(" ", 0, SHOWN), text.rfind("\n", 0, SHOWN))
    place = place if place > SHOWN // 2 else SHOWN
    return Markup(
        '{}<details class="app-long"><summary class="app-long__words"><span class="govuk-link">Show the rest'
        '<span class="govuk-visually-hidden"> of this text</span></span></summary>{}</details>'
    ).format(text[:place], text[place:])


def changed_address(path: str, query: Iterable[tuple[str, str]], changes: dict[str, Any]) -> str:
    """Return `path` with its query changed: None takes a name out, a list gives it several times.

    Names that are not in `changes` are kept in their order, those with several values too.
    """
    kept = [(name, value) for name, value in query if name not in changes]
    for name, value in changes.items():
        values = value if isinstance(value, list | tuple) else [value]
        kept += [(name, str(each)) for each in values if each is not None]
    return f"{path}?{urlencode(kept)}" if kept else path


@pass_environment
def here(environment: Environment, **changes: Any) -> str:
    """Return the address of the page being drawn, with changes to its query (see `changed_address`).

    This is how sorted columns, pages and filters stay in the address bar: `here(page=2)`.
    """
    request: Any = environment.globals["request"]
    return changed_address(request.script_root + request.path, request.args.items(multi=True), changes)


# The endpoints of the pages whose list can be fetched as a file, beside their address.
OFFERED_AS_FILES: set[str] = set()


@pass_environment
def file_address(environment: Environment, kind: str) -> str:
    """Return where the list of this page is fetched as a file, its filters kept; "" where there is none."""
    request: Any = environment.globals["request"]
    if request.endpoint not in OFFERED_AS_FILES:
        return ""
    path = f"{request.script_root}{request.path}.{kind}"
    return changed_address(path, request.args.items(multi=True), {"page": None})


def error_list(form: Any) -> list[dict[str, str]]:
    """Return the errors of a WTForms form for the error summary; what belongs to no field gets no link."""
    listed = wtforms_errors(form)["errorList"] if form and form.errors else []
    return [each if each["href"].strip("#") else {"text": each["text"]} for each in listed]


def title_of_errors(listed: Iterable[dict[str, Any]]) -> str:
    """Return the title of the error summary: with dates to look at once more alone, nothing is wrong."""
    is_asked = all(isinstance(each["text"], Question) for each in listed)
    return "Is this date right?" if is_asked else "There is a problem"


# Where a tag of HTML begins or has ended.
_BESIDE_TAGS = re.compile("(?<=>)|(?=<)")
# A name, an address or a list of classes, as code has them: not what anybody reads.
_CODE = re.compile(r"[a-z0-9_./:?=&#%-]+")


class OwnWords(Extension):
    """Lets templates speak in the board's words: in what they say themselves, never in what they are given.

    The text between tags, and the texts among the values of expressions, that have a standard word in them
    become calls, so that a page is compiled once and each drawing of it has the words in force.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the template's tokens with such texts replaced."""
        is_in_tag = False
        for token in stream:
            if token.type == "data":
                pieces, is_in_tag = pieces_of(token.value, is_in_tag)
                for text, says in pieces:
                    if says:
                        yield from _called("in_own_markup", text, token.lineno)
                    elif text:
                        yield Token(token.lineno, "data", text)
            elif token.type == "string" and ANY.search(token.value) and not is_code(token.value):
                yield from _call("in_own_words", token.value, token.lineno)
            else:
                yield token


def is_code(text: str) -> bool:
    """Return whether a text is a name or an address that a program uses, not what anybody reads."""
    return _CODE.fullmatch(text) is not None


def pieces_of(text: str, is_in_tag: bool) -> tuple[list[tuple[str, bool]], bool]:
    """Return a template's text cut beside its tags, (piece, whether it says a standard word), and whether
    it ends inside a tag.
    """
    pieces: list[tuple[str, bool]] = []
    for piece in _BESIDE_TAGS.split(text):
        is_in_tag = is_in_tag or piece.startswith("<")
        says = not is_in_tag and bool(ANY.search(piece))
        if says or not pieces or pieces[-1][1]:
            pieces.append((piece, says))
        else:
            pieces[-1] = (pieces[-1][0] + piece, False)
        is_in_tag = is_in_tag and not piece.endswith(">")
    return pieces, is_in_tag


def _called(name: str, text: str, line: int) -> Iterator[Token]:
    yield Token(line, "variable_begin", "{{")
    yield from _call(name, text, line)
    yield Token(line, "variable_end", "}}")


def _call(name: str, text: str, line: int) -> Iterator[Token]:
    yield Token(line, "name", name)
    yield Token(line, "lparen", "(")
    yield Token(line, "string", text)
    yield Token(line, "rparen", ")")


def in_own_markup(text: str) -> Markup:
    """Return a piece of a template in the board's words."""
    # Not escaped: the text is a template's, and a word has letters, digits, spaces, hyphens and ’ alone.
    return Markup(say(text))  # nosec B704 # noqa: S704


class OneModuleTemplate(Template):
    """A template whose macros are made once, however often they are imported.

    Jinja compares all the names of both sides at each import, for templates that were loaded with globals of
    their own. None of ours is, and a page imports some thirty times.
    """

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


class KeptTemplates(FileSystemBytecodeCache):
    """Templates as they were compiled, in a folder: compiling those of a first page takes 0.1 seconds.

    One whose text has changed is compiled anew. Where nothing can be written a page is drawn all the same.
    """

    def get_source_checksum(self, source: str) -> str:
        """Return what tells one text from another, and how it is compiled: with which words looked for."""
        return super().get_source_checksum(ANY.pattern + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read what was kept, where there is anything to read."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, where there is room for it."""
        with suppress(OSError):
            Path(self.directory).mkdir(mode=0o700, exist_ok=True)
            super().dump_bytecode(bucket)


def configure_templates(app: Flask) -> None:
    """Give `app` the component packages, the filters and the form helpers every template relies on."""
    own: BaseLoader | None = app.jinja_loader
    packages = PrefixLoader(
        {
            "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
            "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
        }
    )
    app.jinja_loader = ChoiceLoader([own, packages] if own else [packages])
    # There are about as many as are kept otherwise, and each look among those goes through them all.
    app.jinja_options = {**app.jinja_options, "cache_size": -1}
    app.jinja_env.template_class = OneModuleTemplate
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        date_uk=date_uk, date_short=date_short, instant_uk=instant_uk, told_uk=told_uk
    )
    app.jinja_env.filters.update(plural=plural, times=times, words_beside=words_beside)
    app.jinja_env.filters["years_kept"] = years_kept
    app.jinja_env.filters["folded"] = folded
    app.jinja_env.filters["lower_first"] = lower_first
    app.jinja_env.filters["upper_first"] = upper_first
    app.jinja_env.add_extension(OwnWords)
    app.add_template_global(say, "in_own_words")
    app.add_template_global(in_own_markup)
    app.add_template_global(here)
    app.add_template_global(file_address)
    app.add_template_global(error_list)
    app.add_template_global(title_of_errors)
    app.add_template_global(stacked_bars)
    app.add_template_global(figure_rows)
    app.jinja_env.globals["most_together"] = MOST_TOGETHER
    app.jinja_env.globals["rating_letters"] = RATING_LETTERS
    WTFormsHelpers(app)
