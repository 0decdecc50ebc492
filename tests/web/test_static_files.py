"""What is served as it lies: vendored files with their licences, and nothing that is GOV.UK's alone."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
BRANDED_FILES = re.compile(r"crest|crown|favicon|opengraph|logotype|\.woff2?$|\.ttf$|\.otf$", re.IGNORECASE)
VENDORED = {"static/govuk": "6.3.0", "static/moj": "11.1.0", "tests/browser/vendor": "4.14.1"}


def requests_made_by(css):
    """Return what a stylesheet would fetch beyond inline data, and any typeface reserved for GOV.UK."""
    addresses = re.findall(r"url\(\s*['\"]?(?!data:)([^)'\"]+)", css)
    return addresses + re.findall(r"@import|@font-face|GDS Transport", css, re.IGNORECASE)


def stylesheets():
    return sorted(STATIC.rglob("*.css"))


def test_stylesheets_are_there_to_be_checked():
    expected = {"govuk-frontend.min.css", "moj-components.css", "app.css"}
    assert {path.name for path in stylesheets()} >= expected


@pytest.mark.parametrize("path", stylesheets(), ids=lambda path: path.name)
def test_no_stylesheet_fetches_a_font_or_a_picture(path):
    assert requests_made_by(path.read_text()) == []


@pytest.mark.parametrize(
    "offender",
    [
        "@font-face{font-family:x}",
        'p{font-family:"GDS Transport",arial}',
        "a{background:url(/assets/images/govuk-crest.svg)}",
        'a{background:url("https://fonts.example/x.woff2")}',
        "@import 'other.css';",
    ],
)
def test_a_stylesheet_that_fetches_something_is_found(offender):
    assert requests_made_by(offender)


def test_no_branded_file_is_served():
    assert [path.name for path in STATIC.rglob("*") if BRANDED_FILES.search(path.name)] == []
    assert BRANDED_FILES.search("govuk-crest.svg") and BRANDED_FILES.search("light.woff2")


@pytest.mark.parametrize(("folder", "version"), VENDORED.items())
def test_vendored_files_name_their_version_and_carry_their_licence(folder, version):
    assert version in (ROOT / folder / "README.md").read_text()
    licences = list((ROOT / folder).glob("*LICENCE*"))
    assert licences and all(path.stat().st_size > 500 for path in licences)


def test_the_vendored_stylesheet_is_the_version_it_says():
    assert '--govuk-frontend-version:"6.3.0"' in (STATIC / "govuk/govuk-frontend.min.css").read_text()
    assert (ROOT / "tests/browser/vendor/axe.min.js").read_text()[:40].startswith("/*! axe v4.14.1")


def test_scripts_ask_for_no_source_map():
    assert [path for path in STATIC.rglob("*.js") if "sourceMappingURL" in path.read_text()] == []
