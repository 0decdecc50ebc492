"""Goes through the sign-in page as a browser does."""

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from kscb_actions.people.models import User
from kscb_actions.people.service import set_password

PASSWORD = "orchard lantern ferry"
OURS = {"Sec-Fetch-Site": "same-origin"}


class Visitor:
    """One browser, signed in or not. `drawn`: the token of a page that is open in it."""

    drawn = ""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.cookie_name: str = app.config["SESSION_COOKIE_NAME"]

    def token(self, path: str = "/sign-in") -> str:
        """Return the CSRF token of a page's form."""
        return token_in(self.client.get(path).text)

    def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        """Fill in the sign-in page and send it."""
        fields = {"csrf_token": self.token(), "email": email, "password": password, **more}
        return self.client.post("/sign-in", data=fields, headers=OURS)

    def is_in(self) -> bool:
        """Return whether a page for signed-in people opens."""
        return self.client.get("/account").status_code == 200

    @property
    def cookie(self) -> str:
        """Return the session cookie's value; empty when there is none."""
        cookie = self.client.get_cookie(self.cookie_name)
        return cookie.value if cookie else ""

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.client.set_cookie(self.cookie_name, value)


def token_in(page: str) -> str:
    """Return the CSRF token in a page's last form: the ones before it belong to the frame."""
    return unescape(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[-1])


def hidden_fields(page: str) -> MultiDict[str, str]:
    """Return what the hidden fields of a page's last form would send, repeated names too."""
    form = re.findall(r"<form\b.*?</form>", page, re.DOTALL)[-1]
    inputs = [each for each in re.findall(r"<input [^>]*>", form) if 'type="hidden"' in each]
    return MultiDict([(_attribute(each, "name"), _attribute(each, "value")) for each in inputs])


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else ""


def with_password(user: User, password: str = PASSWORD) -> User:
    """Return the person, who can sign in with `password`."""
    set_password(user, password)
    return user
