"""The application, for a WSGI server and for the `flask` command."""

from kscb_actions import create_app

app = create_app()
