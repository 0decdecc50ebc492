"""What a message is about is kept as ids beside it, instead of being looked for in its text.

The messages there are get their items from the reminders that were put in them, and once more from their
texts, as they were judged until now: a digest went to several people, and its reminders name the first alone.
A review counts where its reference stands as a word of its own, so no message that was hidden by a whole
reference is shown from now on.

A frozen copy of the table, on purpose independent of the application's models.
"""

import re

from peewee import *

ACTION = re.compile(r"/reviews/([^/\s]+)/actions/(\d{1,9})$", re.MULTILINE)
DEATH = re.compile(r"/deaths/(\d{1,9})#")
WORD = re.compile(r"[\w-]+")
CHASED = "SELECT DISTINCT message_id, review_id, action_id FROM chase ORDER BY message_id, action_id"
CHASED_RETURNS = (
    "SELECT DISTINCT return_chase.message_id, agency_return.death_id FROM return_chase "
    "JOIN agency_return ON agency_return.id = return_chase.agency_return_id "
    "ORDER BY return_chase.message_id, agency_return.death_id"
)
ACTIONS = (
    "SELECT action.id, review.reference, action.number FROM action "
    "JOIN review ON review.id = action.review_id"
)


def up(migrator, db):
    """Make the table, fill it, and refuse to change what is in it."""

    class OutboxMessage(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class OutboxItem(Model):
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")
        review_id = IntegerField(null=True, index=True)
        action_id = IntegerField(null=True)
        death_id = IntegerField(null=True, index=True)

        class Meta:
            database = db
            legacy_table_names = False

    db.create_tables([OutboxItem])
    fields = [OutboxItem.message, OutboxItem.review_id, OutboxItem.action_id, OutboxItem.death_id]
    for batch in chunked(items(db), 200):
        OutboxItem.insert_many(batch, fields=fields).execute()
    refuse_changes(db)


def items(db):
    """Return (message, review, action, death) of every message, each once."""
    found = {(message, review, action, None) for message, review, action in db.execute_sql(CHASED).fetchall()}
    found |= {(message, None, None, death) for message, death in db.execute_sql(CHASED_RETURNS).fetchall()}
    reviews = dict(db.execute_sql("SELECT reference, id FROM review").fetchall())
    actions = {(reference, number): id for id, reference, number in db.execute_sql(ACTIONS).fetchall()}
    deaths = {id for (id,) in db.execute_sql("SELECT id FROM child_death").fetchall()}
    for message, body in db.execute_sql("SELECT id, body FROM outbox_message").fetchall():
        found |= {(message, *item) for item in told(body, reviews, actions, deaths)}
    return sorted(found, key=lambda item: tuple(part or 0 for part in item))


def told(body, reviews, actions, deaths):
    """Yield (review id, action id, death id) of all that a text names.

    A review has an item of its own where none of its actions is named.
    """
    linked = {(reference, int(number)) for reference, number in ACTION.findall(body)}
    known = {each for each in linked if each in actions}
    yield from ((reviews[each[0]], actions[each], None) for each in known)
    named = set(WORD.findall(body)) & reviews.keys()
    yield from ((reviews[name], None, None) for name in named - {reference for reference, _ in known})
    yield from ((None, None, int(id)) for id in set(DEATH.findall(body)) if int(id) in deaths)


def refuse_changes(db):
    """Refuse updates and deletes, on PostgreSQL by the function that the first schema made."""
    if not isinstance(db, SqliteDatabase):
        db.execute_sql(
            'CREATE TRIGGER "outbox_item_no_change" BEFORE UPDATE OR DELETE ON "outbox_item" '
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for operation in ("UPDATE", "DELETE"):
        db.execute_sql(
            f'CREATE TRIGGER "outbox_item_no_{operation.lower()}" BEFORE {operation} ON "outbox_item" '
            "BEGIN SELECT RAISE(ABORT, 'outbox_item is append-only'); END"
        )
