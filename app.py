"""The application, for a WSGI server and for the `flask` command."""

import gc

from kscb_actions import create_app

# All that is loaded here stays, so looking for what could be let go of would only take time.
gc.disable()
app = create_app()
gc.enable()
