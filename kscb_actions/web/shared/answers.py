"""How large an answer may be to somebody who is not signed in: a small form must not make much of it."""

from flask import Flask, Response, make_response, render_template, request, session

TIMES = 2
# A page with nothing of a form in it: the frame, and the accounts of a demonstration.
PAGE_BYTES = 64 * 1024
REASON = "What you sent is longer than can be kept while you sign in."


def limit_answers(app: Flask) -> None:
    """Answer 413 where the page would be more than twice its form, beside the page itself."""

    @app.after_request
    def limit(response: Response) -> Response:
        if request.method != "POST" or response.is_streamed or getattr(session, "row", None):
            return response
        allowed = PAGE_BYTES + TIMES * (request.content_length or 0)
        if len(response.get_data()) <= allowed:
            return response
        return make_response(render_template("errors/413.html", reason=REASON), 413)
