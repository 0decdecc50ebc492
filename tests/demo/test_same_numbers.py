"""What is overdue, silent or waits for the Board has one number everywhere on the demonstration board."""

from pathlib import Path

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from kscb_actions.access.policy import Role
from kscb_actions.demo.content import AS_AT
from kscb_actions.people.models import User

from ..conftest import CSRF_SEED, on_settings, settings_in, signed_in_token
from ..demonstration import Demonstration
from ..same_numbers import disagreements, everywhere

COUNTED = {"overdue", "silent", "board", "check", "more_time", "to_replace", "oldest"}


def test_first_page_lists_and_paper_have_the_same_numbers(
    demonstration: Demonstration, application: Flask, tmp_path: Path
) -> None:
    copied = demonstration.copied(tmp_path / "instance")
    with on_settings(application, settings_in(copied), AS_AT):
        token = URLSafeTimedSerializer(application.secret_key, salt="wtf-csrf-token").dumps(CSRF_SEED)
        for role in (Role.MANAGER, Role.CHAIR):
            people = User.select().where(User.is_active).order_by(User.id)
            user = next(each for each in people if role in each.role_set)
            client = application.test_client()
            client.set_cookie(application.config["SESSION_COOKIE_NAME"], f"s.{signed_in_token(user)}")
            counted = everywhere(client, user, token)
            assert disagreements(client, counted) == {}, user.name
            assert {each.what for each in counted if each.number} >= COUNTED
