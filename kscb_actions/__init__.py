"""The review and action tracker of a safeguarding children board.

Every process that uses any of it begins here, so what only the application needs is loaded when it is made.
"""

import gc
from typing import TYPE_CHECKING

# Objects are let go of when nothing refers to them; only circles have to be looked for. As often as usual, a
# long plan or paper, all of whose rows stay, would be gone through again and again: a quarter of its time.
gc.set_threshold(50_000, 50, 10)

if TYPE_CHECKING:
    from flask import Flask

    from kscb_actions.config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Wire the application together for `settings` (default: from the environment)."""
    from flask import Flask

    from kscb_actions import apart, database, terms
    from kscb_actions.child_deaths.cases import births
    from kscb_actions.config import ROOT, read_settings
    from kscb_actions.web.below_path import cookie_name
    from kscb_actions.web.shared.asked import RowNumber
    from kscb_actions.web.shared.parsing import LimitedRequest
    from kscb_actions.web.static_files import address_of_files

    settings = settings or read_settings()
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        static_url_path=address_of_files(ROOT / "static"),
    )
    app.config.update(
        SECRET_KEY=settings.secret,
        SETTINGS=settings,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=5_000,
        SESSION_COOKIE_NAME=cookie_name(settings.is_https, settings.path),
        SESSION_COOKIE_PATH=settings.path or "/",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        # It would ask for a Referer, which some proxies and browsers leave out; the token says enough.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.request_class = LimitedRequest
    app.url_map.converters["int"] = RowNumber
    database.connect_to(settings.database)
    births.use_key(settings.birth_key)
    apart.carry(terms.in_force, terms.use)
    _refuse_newer_database(app)
    _open_database_per_request(app)
    _open_sessions(app)
    _shape_pages(app)
    _register_searching()
    _register_files()
    _register_reminders()
    _register_calendar()
    _register_rooms(app)
    _answer_ahead_of_pages(app)
    return app


def _refuse_newer_database(app: "Flask") -> None:
    from kscb_actions.web.newer_database import refuse_newer_database

    refuse_newer_database(app)


def _answer_ahead_of_pages(app: "Flask") -> None:
    from kscb_actions.web.below_path import serve_below_path
    from kscb_actions.web.health import answer_health

    answer_health(app)
    serve_below_path(app)


def _open_database_per_request(app: "Flask") -> None:
    import secrets

    from flask import g, request

    from kscb_actions import clock, database, terms
    from kscb_actions.settings.queries import get_board

    @app.before_request
    def open_database() -> None:
        g.csp_nonce = secrets.token_urlsafe(16)
        if request.endpoint == "static":
            return
        if database.db.is_closed():
            database.db.connect()
            g.opened_database = True
        g.board = get_board()
        clock.fix_day(g.board.fixed_today)
        terms.use(g.board.terms)

    @app.teardown_request
    def close_database(_: BaseException | None) -> None:
        clock.fix_day(None)
        terms.use(terms.Terms())
        if g.pop("opened_database", False):
            database.db.close()


def _open_sessions(app: "Flask") -> None:
    from flask_login import LoginManager
    from flask_wtf.csrf import CSRFProtect

    from kscb_actions.web.shared.answers import limit_answers
    from kscb_actions.web.shared.bodies import limit_bodies
    from kscb_actions.web.shared.guard import deny_unlisted, send_to_sign_in
    from kscb_actions.web.shared.once import take_forms_once
    from kscb_actions.web.shared.sessions import SignedInUser, TableSessionInterface

    app.session_interface = TableSessionInterface(app)
    login = LoginManager(app)
    login.session_protection = None
    login.unauthorized_handler(send_to_sign_in)

    @login.user_loader
    def load_user(_: str) -> SignedInUser | None:
        from flask import session

        row = getattr(session, "row", None)
        return SignedInUser(row.user) if row else None

    # Before the token is looked for, which reads the request.
    limit_bodies(app)
    limit_answers(app)
    CSRFProtect(app)
    take_forms_once(app)
    deny_unlisted(app)


def _shape_pages(app: "Flask") -> None:
    from kscb_actions.web.errors import answer_errors
    from kscb_actions.web.shared.headers import add_headers
    from kscb_actions.web.shared.navigation import add_page_context
    from kscb_actions.web.shared.templating import KeptTemplates, configure_templates

    configure_templates(app)
    app.jinja_env.bytecode_cache = KeptTemplates(str(app.config["SETTINGS"].instance / "templates"))
    add_headers(app)
    add_page_context(app)
    answer_errors(app)


def _register_searching() -> None:
    from kscb_actions.audit.service import hear_by
    from kscb_actions.searching.service import keep_search_texts

    hear_by(keep_search_texts)


def _register_files() -> None:
    from kscb_actions.assurance.erasable import ErasedElsewhere, erase_files_of
    from kscb_actions.assurance.queries import keep_files_of
    from kscb_actions.child_deaths.requests.erasing import FILE_ERASED
    from kscb_actions.child_deaths.requests.erasing_letters import tell_of_same_content
    from kscb_actions.child_deaths.requests.models import ReturnFile
    from kscb_actions.child_deaths.requests.queries import stored_names

    keep_files_of("child_deaths", stored_names)
    erase_files_of("child_deaths", ErasedElsewhere(ReturnFile, FILE_ERASED, tell_of_same_content))


def _register_reminders() -> None:
    from kscb_actions.actions.narrowing import reminded_by
    from kscb_actions.actions.roll_up.queries import problem_with_sign_off
    from kscb_actions.assurance.voiding.seen import seen_as
    from kscb_actions.audit.service import hear_by
    from kscb_actions.chasing.actions.provider import OPEN_ACTIONS
    from kscb_actions.chasing.anew import Renewal
    from kscb_actions.chasing.answers.provider import AWAITED_ANSWERS
    from kscb_actions.chasing.challenges.provider import UNANSWERED_CHALLENGES
    from kscb_actions.chasing.clocks.provider import UNMET_CLOCKS
    from kscb_actions.chasing.log.queries import is_unanswered
    from kscb_actions.chasing.news.absences import ABSENCES_OF_THE_DAY
    from kscb_actions.chasing.news.board_week import BOARD_WEEK
    from kscb_actions.chasing.news.happenings import also_news
    from kscb_actions.chasing.news.heard import hear
    from kscb_actions.chasing.news.seen import is_seen_by_agency
    from kscb_actions.chasing.news.service import NEWS_OF_THE_DAY
    from kscb_actions.chasing.providers import enclose, register
    from kscb_actions.chasing.referred.provider import UNANSWERED_REFERRALS
    from kscb_actions.child_deaths.cases.in_error import why_not_told
    from kscb_actions.child_deaths.returns.provider import AWAITED_RETURNS
    from kscb_actions.child_deaths.telling.news import PANEL_NEWS
    from kscb_actions.child_deaths.telling.provider import DUE_MEETINGS
    from kscb_actions.impact.models import ImpactJudgement
    from kscb_actions.impact.news import judged
    from kscb_actions.impact.provider import RECOMMENDATIONS_BACK
    from kscb_actions.mail.letters import tell_of_role
    from kscb_actions.mail.renewal import renew_by, withhold_by
    from kscb_actions.measures.provider import AWAITED_READINGS
    from kscb_actions.meetings.deciding.provider import OPEN_TASKS
    from kscb_actions.people.agreeing import ask_at_new_address, tell_by
    from kscb_actions.reports.pictures.month import MONTH_IN_NUMBERS
    from kscb_actions.reports.pictures.week import LEADS_WEEK
    from kscb_actions.reviews.naming import unname_at_new_address
    from kscb_actions.reviews.stages import signed_off_when

    tell_by(tell_of_role)
    ask_at_new_address(unname_at_new_address)
    hear_by(hear)
    also_news(ImpactJudgement, judged)
    renew_by(Renewal)
    withhold_by(why_not_told)
    reminded_by(is_unanswered)
    seen_as(is_seen_by_agency)
    signed_off_when(problem_with_sign_off)
    register(OPEN_ACTIONS)
    register(UNANSWERED_CHALLENGES, beside=OPEN_ACTIONS)
    register(AWAITED_ANSWERS, beside=OPEN_ACTIONS)
    register(UNMET_CLOCKS, beside=OPEN_ACTIONS)
    register(UNANSWERED_REFERRALS, beside=OPEN_ACTIONS)
    register(AWAITED_READINGS, beside=OPEN_ACTIONS)
    register(OPEN_TASKS, beside=OPEN_ACTIONS)
    register(RECOMMENDATIONS_BACK, beside=OPEN_ACTIONS)
    # Apart: who may know of a message about a child's death is decided for the whole message.
    register(AWAITED_RETURNS)
    register(DUE_MEETINGS, beside=AWAITED_RETURNS)
    enclose(DUE_MEETINGS, PANEL_NEWS)
    pictures = (BOARD_WEEK, LEADS_WEEK, MONTH_IN_NUMBERS)
    enclose(OPEN_ACTIONS, NEWS_OF_THE_DAY, ABSENCES_OF_THE_DAY, *pictures)


def _register_calendar() -> None:
    from kscb_actions.calendar_feeds.due import actions_led, challenges_to_answer
    from kscb_actions.calendar_feeds.providers import register
    from kscb_actions.child_deaths.meetings.calendar import panels_to_come
    from kscb_actions.child_deaths.requests.calendar import answers_to_give
    from kscb_actions.meetings.deciding.calendar import meetings_to_come, tasks_to_do

    register(actions_led)
    register(challenges_to_answer)
    register(answers_to_give)
    register(tasks_to_do)
    register(meetings_to_come)
    register(panels_to_come)


def _register_rooms(app: "Flask") -> None:
    from kscb_actions.commands.every import Commands
    from kscb_actions.web.blueprints import every_blueprint
    from kscb_actions.web.news import see_what_is_opened

    for blueprint in every_blueprint():
        app.register_blueprint(blueprint)
    see_what_is_opened(app)
    app.cli = Commands(app.name)
