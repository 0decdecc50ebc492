"""Forms of signing in and of people."""

from collections.abc import Collection, Iterable

from flask import g
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovTextInput
from wtforms import Field, PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from kscb_actions.access.policy import Role, role_names
from kscb_actions.people.models import Agency, User
from kscb_actions.people.service import PersonFacts
from kscb_actions.terms import say
from kscb_actions.text import LONGEST_ADDRESS
from kscb_actions.web.shared.forms import (
    HouseForm,
    checkboxes,
    options,
    radios,
    save_button,
    select,
    text_line,
)

NOBODY = "nobody"
HINT = "At least 12 characters. Three random words work well."


def _password(label: str, missing: str, hint: str = "") -> PasswordField:
    validators = [InputRequired(missing), Length(max=1000, message="Use at most 1,000 characters.")]
    return PasswordField(label, description=hint, widget=GovPasswordInput(), validators=validators)


def _address() -> StringField:
    needed = InputRequired("Enter your email address.")
    return StringField("Email address", widget=GovTextInput(), validators=[needed], filters=[_cut])


def _cut(text: str | None) -> str | None:
    """Return no more of an address than is kept of any: a stranger must not have megabytes sent back."""
    return text and text[:LONGEST_ADDRESS]


class SignInForm(HouseForm):
    """Address and password."""

    email = _address()
    password = _password("Password", "Enter your password.")
    submit = save_button("Sign in")


class ForgottenForm(HouseForm):
    """The address a new link goes to."""

    email = _address()
    submit = save_button("Send me a link")


class NewPasswordForm(HouseForm):
    """A new password, by a single-use link."""

    password = _password("New password", "Enter a new password.", HINT)
    submit = save_button("Set password")


class ChangePasswordForm(HouseForm):
    """A new password by somebody who knows the present one."""

    present_password = _password("Present password", "Enter your present password.")
    password = _password("New password", "Enter a new password.", HINT)
    submit = save_button("Change password")


class ReauthenticationForm(HouseForm):
    """The password of somebody who is signed in already, for re-authentication."""

    password = _password("Your password again", "Enter your password.")


class AgencyForm(HouseForm):
    """A new agency."""

    code = text_line(
        "Short code", "Up to 12 letters and digits, like KPOL. It stands in lists and addresses and stays."
    )
    name = text_line("Name")
    submit = save_button()


class EditAgencyForm(HouseForm):
    """An agency whose code stays."""

    name = text_line("Name")
    in_use = radios(
        "Is it in use?",
        (("yes", "Yes"), ("no", "No, it is offered for nothing new")),
        "What it has done and still has to do stays as it is.",
    )
    submit = save_button()

    def validate_in_use(self, field: Field) -> None:
        """Ask for one of the two."""
        if field.data not in ("yes", "no"):
            raise ValidationError("Say whether the agency is in use.")


class PersonForm(HouseForm):
    """A person: address, post, agency and roles."""

    email = text_line("Email address", "They sign in with it, and mail goes there.")
    name = text_line("Post or name", "A post title is best: it stays true when the person changes.")
    agency = select("Agency")
    roles = checkboxes(
        "Roles",
        hint="Choose all that apply. Nobody decides on their own agency’s evidence.",
    )
    submit = save_button()

    def offer(
        self, agencies: Iterable[Agency], present: Agency | None = None, held: Collection[Role] = ()
    ) -> None:
        """Offer these agencies, and the one the person is in even when it is out of use.

        A role that is `held` and not offered, for its rooms are switched off, stays as it is.
        """
        names_of_roles = role_names(g.board.has_child_deaths)
        self.roles.choices = options((role.value, name) for role, name in names_of_roles.items())
        self._kept = frozenset(held) - names_of_roles.keys()
        self._agencies = {str(agency.id): agency for agency in (*agencies, *([present] if present else []))}
        names = [(key, agency.name) for key, agency in self._agencies.items()]
        self.agency.choices = options([("", say("None: the Board itself")), *names])

    @property
    def facts(self) -> PersonFacts:
        """Return what was typed, for the service."""
        roles = frozenset(Role(role) for role in self.roles.data or ())
        roles |= self._kept
        return PersonFacts(self.email.data, self.name.data, roles, self._agencies.get(self.agency.data or ""))


class SuccessorForm(HouseForm):
    """Who takes over somebody's actions."""

    successor = radios("Who takes them over?")
    submit = save_button("Hand over")

    def offer(self, people: Iterable[User], may_be_nobody: bool) -> None:
        """Offer these people, and leaving the actions where they are."""
        self._people = {str(person.id): person for person in people}
        choices = [(key, person.name) for key, person in self._people.items()]
        if may_be_nobody:
            choices.append((NOBODY, "Nobody yet: the actions wait for a new lead"))
        self.successor.choices = options(choices)

    @property
    def chosen(self) -> User | None:
        """Return the person chosen, None for nobody."""
        return self._people.get(self.successor.data or "")
