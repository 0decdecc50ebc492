"""Forms that were sent: each changes something once, however often it is posted."""

from datetime import timedelta

from kscb_actions import clock
from kscb_actions.database import writing

from .models import SentForm

KEPT_FOR = timedelta(days=1)


class SentAlready(Exception):
    """Another post of this form has changed something already; nothing more is changed."""


def claim_form(user_id: int, token: str, sent_by: str) -> None:
    """Use up a form's token. Inside an open change, so that of two posts at once one is refused.

    Raises SentAlready when another request has used it.
    """
    row = sent_form(user_id, token)
    if row is None:
        SentForm.create(user=user_id, token=token, sent_by=sent_by, at=clock.real_now())
    elif row.sent_by != sent_by:
        raise SentAlready


def sent_form(user_id: int, token: str) -> SentForm | None:
    """Return what is known of a form that was sent; None when it has changed nothing yet."""
    return SentForm.get_or_none(SentForm.user == user_id, SentForm.token == token)


def note_result(sent_by: str, leads_to: str) -> None:
    """Keep where the answer leads, of a form that has changed something."""
    if not SentForm.select().where(SentForm.sent_by == sent_by).exists():
        return
    with writing(SentForm):
        SentForm.update(leads_to=leads_to).where(SentForm.sent_by == sent_by).execute()


def forget_sent_forms() -> int:
    """Remove forms that were sent more than a day ago, and return how many."""
    with writing(SentForm):
        return SentForm.delete().where(SentForm.at <= clock.real_now() - KEPT_FOR).execute()
