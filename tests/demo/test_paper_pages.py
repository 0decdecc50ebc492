"""An agency's paper as LibreOffice lays it out on pages, where that is installed."""

import json
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from kscb_actions import clock
from kscb_actions.commands.report import COMMAND_LINE
from kscb_actions.reports.kept.service import named
from kscb_actions.reports.papers import PAPERS
from kscb_actions.reports.progress.appendices import Appendix
from kscb_actions.reports.progress.report import build_progress
from kscb_actions.reports.progress.scope import ReportRequest
from kscb_actions.reports.word.paper import write_docx
from kscb_actions.settings.queries import get_board

from ..demonstration import Demonstration

# Read in a process of its own: other tests say that nothing which reads a PDF is loaded in theirs.
TEXTS = """
import json, sys
import pypdfium2
print(json.dumps([page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(sys.argv[1])]))
"""
NOT_CHECKED = "LibreOffice is not installed: that no page of a Word paper is empty is NOT checked"


@pytest.fixture
def soffice() -> str:
    """Return LibreOffice's path; without it skip aloud."""
    found = shutil.which("soffice")
    if found is None:
        warnings.warn(NOT_CHECKED, stacklevel=1)
        pytest.skip(NOT_CHECKED)
    return found


def pages_of(soffice: str, papers: list[Path]) -> list[list[str]]:
    """Return for each Word file the texts of its pages, laid out in one run."""
    folder = papers[0].parent
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, papers)], check=True, capture_output=True, timeout=120)
    readings = ([sys.executable, "-c", TEXTS, str(each.with_suffix(".pdf"))] for each in papers)
    return [
        json.loads(subprocess.run(each, check=True, capture_output=True, timeout=60).stdout)
        for each in readings
    ]


def test_every_page_of_a_paper_has_text_beside_its_header_and_footer(
    loaded: Demonstration, soffice: str, tmp_path: Path
) -> None:
    paper = tmp_path / "police.docx"
    asked = ReportRequest(agency="POL", appendices=tuple(Appendix))
    report = build_progress(COMMAND_LINE, get_board(), asked, clock.today())
    with paper.open("wb") as file:
        write_docx(report, file)
    [pages] = pages_of(soffice, [paper])
    # In front of the paper, alone on the page of a landscape table, and at its end.
    assert len(pages) > 10
    around = {report.marking, report.title, f"of {len(pages)}"}
    for number, text in enumerate(pages, start=1):
        body = text
        for each in around:
            body = body.replace(each, "")
        assert len(body.split()) > 10, f"page {number} of {len(pages)}: {body}"


def test_the_first_page_and_the_exceptions_are_one_page_each(
    loaded: Demonstration, soffice: str, tmp_path: Path
) -> None:
    papers = []
    for kind in ("progress", "exceptions"):
        papers.append(tmp_path / f"{kind}.docx")
        report = named(PAPERS[kind].make(COMMAND_LINE, get_board(), ReportRequest(), clock.today()))
        with papers[-1].open("wb") as file:
            write_docx(report, file)
    whole, exceptions = pages_of(soffice, papers)
    first = whole[0]
    assert all(each in first for each in ("Summary", "Decisions asked", "Figures", "S Stopped", "\nAll "))
    assert len(exceptions) == 1
