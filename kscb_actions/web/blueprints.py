"""The blueprints of every module of pages, found by walking the folders of this edge."""

from importlib import import_module
from pkgutil import walk_packages

from kscb_actions import web
from kscb_actions.web.shared.guard import GuardedBlueprint


def every_blueprint() -> list[GuardedBlueprint]:
    """Import every module of pages and give the blueprints they register on, each once."""
    modules = [import_module(found.name) for found in walk_packages(web.__path__, f"{web.__name__}.")]
    found = (each for module in modules for each in vars(module).values())
    return list(dict.fromkeys(each for each in found if isinstance(each, GuardedBlueprint)))
