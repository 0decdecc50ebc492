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
{first}
from app import app
client = app.test_client()
client.set_cookie(app.config["SESSION_COOKIE_NAME"], "s.{token}")
answer = client.get("/actions")
assert answer.status_code == 200, answer.status_code
print(*(name for name in {heavy} if name in sys.modules))
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


def loaded_to_show_a_list(settings: Settings, user: User, first: str = "") -> list[str]:
    return loaded_by(settings, SHOW_A_LIST.format(first=first, token=signed_in_token(user), heavy=HEAVY))


def loaded_to_take_a_paper(settings: Settings, user: User, first: str) -> list[str]:
    token = signed_in_token(user)
    return loaded_by(settings, TAKE_A_PAPER.format(first=first, token=token, seed=CSRF_SEED, heavy=HEAVY))


def loaded_by(settings: Settings, script: str) -> list[str]:
    process = begin_python(settings, "-c", script)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.split()


def test_a_list_is_shown_without_the_heavy_libraries(world: World, settings: Settings) -> None:
    if not settings.database.startswith("sqlite"):
        pytest.skip("on a server its driver is loaded")
    assert loaded_to_show_a_list(settings, world.chair) == []


@pytest.mark.parametrize("offender", ["import docx", "import pptx"])
def test_a_heavy_library_loaded_beforehand_would_be_found(
    world: World, settings: Settings, offender: str
) -> None:
    assert loaded_to_show_a_list(settings, world.chair, first=offender) != []


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


def test_one_command_does_not_load_the_others(settings: Settings) -> None:
    script = "import sys\nfrom app import app\napp.cli.get_command(None, 'migrate')\n"
    script += "print(*(each for each in sys.modules if each.startswith('kscb_actions.demo')))"
    process = begin_python(settings, "-c", script)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out.split()) == (0, []), err
