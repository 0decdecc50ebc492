"""What is served as it lies: vendored files with their licences, and nothing that is GOV.UK's alone."""

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask, url_for

from kscb_actions.web.static_files import address_of_files

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


def test_the_address_says_the_version_and_changes_with_any_file(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(STATIC, tmp_path / "static"))
    first = address_of_files(folder)
    assert re.fullmatch(r"/static/[0-9a-f]{12}", first)
    assert address_of_files(STATIC) == first, "the same on every machine"
    for file in [each for each in folder.rglob("*") if each.is_file()]:
        kept = file.read_bytes()
        file.write_bytes(kept[:-1] + b"~")
        assert address_of_files(folder) != first, file
        file.write_bytes(kept)
    file.rename(file.with_name("another"))
    assert address_of_files(folder) != first, "a name"


def test_a_static_file_is_kept_for_ever_and_a_missing_one_is_not(app: Flask) -> None:
    client = app.test_client()
    with app.test_request_context():
        address = url_for("static", filename="app.css")
    kept = client.get(address)
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = client.get(address, headers={"If-None-Match": kept.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, kept.headers["Cache-Control"])
    for missing in (
        address.replace("app.css", "none.css"),
        "/static/0123456789ab/app.css",
        "/static/app.css",
    ):
        answer = client.get(missing)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store"), missing


def written_by_hand(text: str) -> list[str]:
    """Return what leads to a file by an address without its version."""
    return re.findall(r"[\"'}]/?static/[^\"']*", text)


def test_no_page_and_no_code_writes_the_address_of_a_file_by_hand() -> None:
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "kscb_actions/web").rglob("*.py")]
    found = {path.name: written_by_hand(path.read_text()) for path in files}
    assert {name: each for name, each in found.items() if each} == {"static_files.py": ['"/static/']}
    assert written_by_hand('<link href="{{ root }}/static/app.css">') and written_by_hand("'static/app.js'")


def test_scripts_load_others_from_beside_them() -> None:
    """A relative address keeps the version; any other would leave it out."""
    for path in STATIC.rglob("*.js"):
        for source in re.findall(
            r"(?:^import[^'\"\n]*|\bfrom\s*|\bimport\()['\"]([^'\"]+)", path.read_text(), re.M
        ):
            assert source.startswith("./"), (path.name, source)
