"""The guard: a route without a declared permission cannot be registered, and an unlisted one answers 403.

A route's `access` names a permission and, where it is about one thing, the loader that fetches the thing
through the same filter that makes the lists. What the viewer may not see is absent: 404, as for a thing
that never existed. What they may see but not do is 403.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user

from kscb_actions.access.policy import Permission, Viewer, reach, require
from kscb_actions.web.below_path import address_of_request

Loader = Callable[..., Any]


@dataclass(frozen=True)
class Access:
    """What a route needs: a permission, and the loader of the thing it is about.

    The loader is called as loader(viewer, **url_arguments); what it returns is handed to the view in
    place of those arguments. A thing with `owners` is judged as theirs, one with an `agency_id` as that
    agency's. `is_paper` says that
    the route shows or sends a report or tables: content that is made to be passed on. `takes_files` says that
    its form sends files, so that more of a request is read than of typed text.
    """

    permission: Permission
    of: Loader | None = None
    is_paper: bool = False
    takes_files: bool = False


class Public:
    """For pages that must open before anybody has signed in."""


class SignedIn:
    """For pages that every signed-in person has, whatever their role."""


PUBLIC, SIGNED_IN = Public(), SignedIn()
Rule = Access | Public | SignedIn


class GuardedBlueprint(Blueprint):
    """A blueprint whose routes must say who may use them."""

    def route(self, rule: str, *, access: Rule, **options: Any) -> Callable:  # type: ignore[override]
        """Register a view under `rule`, open only as `access` says."""

        def register(view: Callable) -> Callable:
            if not isinstance(access, Access | Public | SignedIn):
                raise TypeError(f"{view.__name__} declares no access")
            endpoint = options.pop("endpoint", view.__name__)
            Blueprint.add_url_rule(self, rule, endpoint, guarded(view, access), **options)
            return view

        return register

    def add_url_rule(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("Register routes with @blueprint.route(…, access=…).")


def guarded(view: Callable, access: Rule) -> Callable:
    """Return `view` behind `access`; the result carries `access` so that the app's own check can see it."""

    @wraps(view)
    def wrapper(**url_arguments: Any) -> Any:
        # Nothing of ours is called so, and PostgreSQL cannot even be asked about it.
        if "\x00" in request.path:
            abort(404)
        if isinstance(access, Public):
            return view(**url_arguments)
        if not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        if isinstance(access, SignedIn):
            return view(**url_arguments)
        return _permitted(view, access, url_arguments)

    wrapper.access = access  # type: ignore[attr-defined]
    return wrapper


def _permitted(view: Callable, access: Access, url_arguments: dict[str, Any]) -> Any:
    if access.permission in viewer().without:
        abort(404)
    if access.of is None:
        # A list is never absent: whoever may see some of it gets those, and whoever may see none is refused.
        if reach(viewer(), access.permission) == "none":
            abort(403)
        return view(**url_arguments)
    thing = access.of(viewer(), **url_arguments)
    if thing is None:
        abort(404)
    owners = getattr(thing, "owners", None) or getattr(thing, "agency_id", None)
    require(viewer(), access.permission, owners)
    return view(thing)


def viewer() -> Viewer:
    """Return the person of this request."""
    return current_user.viewer


def deny_unlisted(app: Flask) -> None:
    """Answer 403 on any endpoint that was registered without going through the guard."""

    @app.before_request
    def check() -> Any:
        if request.endpoint is None or request.endpoint == "static":
            return None
        if not hasattr(app.view_functions[request.endpoint], "access"):
            abort(403)
        return None


def send_to_sign_in() -> Any:
    """Return where somebody not signed in goes, keeping where they were going."""
    target = address_of_request() if request.method == "GET" else None
    return redirect(url_for("people.sign_in", next=target))
