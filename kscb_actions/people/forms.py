"""Forms of signing in and of people."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovPasswordInput,
    GovSelect,
    GovSubmitInput,
    GovTextInput,
)
from wtforms import PasswordField, SelectField, SelectMultipleField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from ..access.policy import ROLE_NAMES


class SignInForm(FlaskForm):
    """Address and password."""

    email = StringField(
        "Email address",
        widget=GovTextInput(),
        validators=[InputRequired("Enter your email address."), Length(max=254)],
    )
    password = PasswordField(
        "Password",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter your password."), Length(max=1000)],
    )
    submit = SubmitField("Sign in", widget=GovSubmitInput())


class ForgottenForm(FlaskForm):
    """The address a new link goes to."""

    email = StringField(
        "Email address",
        widget=GovTextInput(),
        validators=[InputRequired("Enter your email address."), Length(max=254)],
    )
    submit = SubmitField("Send me a link", widget=GovSubmitInput())


class NewPasswordForm(FlaskForm):
    """A new password, by a single-use link."""

    password = PasswordField(
        "New password",
        description="At least 12 characters. Three random words work well.",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter a new password."), Length(max=1000)],
    )
    submit = SubmitField("Set password", widget=GovSubmitInput())


class ChangePasswordForm(FlaskForm):
    """A new password by somebody who knows the present one."""

    present = PasswordField(
        "Present password",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter your present password."), Length(max=1000)],
    )
    password = PasswordField(
        "New password",
        description="At least 12 characters. Three random words work well.",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter a new password."), Length(max=1000)],
    )
    submit = SubmitField("Change password", widget=GovSubmitInput())


class AgencyForm(FlaskForm):
    """An agency."""

    code = StringField(
        "Short code",
        description="Up to 12 letters and digits, like KPOL. It is used in lists and addresses and stays.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter a short code.")],
    )
    name = StringField(
        "Name",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter the agency’s name."),
            Length(max=120, message="Use at most 120 characters."),
        ],
    )
    submit = SubmitField("Save", widget=GovSubmitInput())


class PersonForm(FlaskForm):
    """A person: post, agency and roles."""

    email = StringField(
        "Email address", widget=GovTextInput(), validators=[InputRequired("Enter an email address.")]
    )
    name = StringField(
        "Post or name",
        description="A post title is best: it stays true when the person changes.",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter the person’s post or name."),
            Length(max=120, message="Use at most 120 characters."),
        ],
    )
    agency = SelectField("Agency", widget=GovSelect(), choices=[])
    roles = SelectMultipleField(
        "Roles",
        description="Choose all that apply. Nobody decides on their own agency’s evidence.",
        widget=GovCheckboxesInput(),
        choices=[(role.value, name) for role, name in ROLE_NAMES.items()],
    )
    submit = SubmitField("Save", widget=GovSubmitInput())
