"""What shows a list loads nothing that only writes papers, runs jobs, opens secrets or talks to a server."""

from pathlib import Path

import pytest

from kscb_actions.commands import every
from kscb_actions.config import Settings
from kscb_actions.people.models import User
from tests.commands.running import begin_python
from tests.conftest import signed_in_token
from tests.factories import World

# Each costs every process that serves pages from 2 to 30 MB.
HEAVY = ("docx", "pptx", "xlsxwriter", "psycopg", "cryptography", "lxml", "PIL")
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


def loaded_to_show_a_list(settings: Settings, user: User, first: str = "") -> list[str]:
    script = SHOW_A_LIST.format(first=first, token=signed_in_token(user), heavy=HEAVY)
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
