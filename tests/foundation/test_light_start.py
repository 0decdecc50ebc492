"""What shows a list loads nothing that only writes papers, runs jobs, opens secrets or talks to a server."""

from pathlib import Path

import pytest

from kscb_actions.commands import every
from kscb_actions.config import Settings
from kscb_actions.people.models import User
from tests.commands.running import begin_python
from tests.conftest import CSRF_SEED, signed_in_token
from tests.factories import World

# Each costs every process that serves pages from 2 to 30 MB.
HEAVY = ("docx", "pptx", "xlsxwriter", "psycopg", "cryptography", "lxml", "PIL", "pypdfium2")
SHOW_A_LIST = """
import sys
from app import app
loaded = lambda: print(*(name for name in {heavy} if name in sys.modules))
client = app.test_client()
client.set_cookie(app.config["SESSION_COOKIE_NAME"], "s.{token}")
assert app.cli.get_command(None, "migrate") is not None
print(*(each for each in sys.modules if each.startswith("kscb_actions.demo")))
assert client.get("/actions").status_code == 200
loaded()
import docx
loaded()
import pptx
loaded()
"""


TAKE_A_PAPER = """
import sys
from app import app
from itsdangerous import URLSafeTimedSerializer
from kscb_actions import apart
{first}
client = app.test_client()
client.set_cookie(app.config["SESSION_COOKIE_NAME"], "s.{token}")
sent = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("{seed}")
answer = client.post("/reports/progress.docx", data={{"csrf_token": sent}})
assert answer.data.startswith(b"PK"), answer.status_code
print(*(name for name in {heavy} if name in sys.modules))
"""


def loaded_to_take_a_paper(settings: Settings, user: User, first: str) -> list[str]:
    token = signed_in_token(user)
    [loaded] = loaded_by(settings, TAKE_A_PAPER.format(first=first, token=token, seed=CSRF_SEED, heavy=HEAVY))
    return loaded


def loaded_by(settings: Settings, script: str) -> list[list[str]]:
    """Return the names of each line that the script prints."""
    process = begin_python(settings, "-c", script)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return [line.split() for line in out.splitlines()]


def test_a_list_is_shown_without_the_heavy_libraries_and_one_command_without_the_others(
    world: World, settings: Settings
) -> None:
    """Two offenders are planted in the end: each is found."""
    script = SHOW_A_LIST.format(token=signed_in_token(world.chair), heavy=HEAVY)
    of_others, to_show_a_list, with_docx, with_pptx = loaded_by(settings, script)
    assert of_others == []
    # On a server its driver is loaded.
    assert to_show_a_list == [] or not settings.database.startswith("sqlite")
    assert "docx" in with_docx and "pptx" not in with_docx and "pptx" in with_pptx


@pytest.mark.parametrize(("first", "is_loaded"), [("apart.begin_to_last()", False), ("", True)])
def test_what_serves_a_word_file_loads_nothing_that_draws_it(
    world: World, settings: Settings, first: str, is_loaded: bool
) -> None:
    loaded = loaded_to_take_a_paper(settings, world.chair, first)
    assert ({"docx", "lxml"} <= set(loaded)) == is_loaded
    assert is_loaded or not set(loaded) & {"docx", "pptx", "xlsxwriter", "lxml", "PIL"}


def test_every_command_is_found_by_its_name() -> None:
    root = Path(every.__file__).parent
    named = {
        line.split('"')[1]
        for path in root.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("@click.command(")
    }
    assert named == set(every.WHERE)
    for name in named:
        command = every.Commands().get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        assert command.name == name
    assert every.Commands().get_command(None, "no-such") is None  # type: ignore[arg-type]
