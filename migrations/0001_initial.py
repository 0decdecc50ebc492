"""The first schema: people, reviews, actions, assurance, mail, chasing, and the append-only trail.

A frozen copy of the tables, on purpose independent of the application's models.
"""

from peewee import *

APPEND_ONLY = (
    "audit_event",
    "stage_reached",
    "progress_update",
    "evidence_file",
    "submission",
    "submitted_evidence",
    "assurance_decision",
    "chase",
)


def up(migrator, db):
    """Make the tables, then let the database itself refuse to change what is written once."""
    create_tables(db)
    for table in APPEND_ONLY:
        if isinstance(db, SqliteDatabase):
            refuse_on_sqlite(db, table)
        else:
            refuse_on_postgres(db, table)


def refuse_on_sqlite(db, table):
    """Refuse updates and deletes on SQLite."""
    for operation in ("UPDATE", "DELETE"):
        db.execute_sql(
            f'CREATE TRIGGER "{table}_no_{operation.lower()}" BEFORE {operation} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def refuse_on_postgres(db, table):
    """Refuse updates and deletes on PostgreSQL."""
    db.execute_sql(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ "
        "BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$ LANGUAGE plpgsql"
    )
    db.execute_sql(
        f'CREATE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def create_tables(db):
    """Make the tables, parents first."""

    class Review(Model):
        version = IntegerField(default=1)
        reference = CharField(unique=True, max_length=30)
        kind = CharField(max_length=30)
        pseudonym = CharField(max_length=80, default="")
        title = CharField(max_length=200)
        summary = TextField(default="")
        classification = CharField(max_length=30)
        is_restricted = BooleanField(default=False)
        stage = CharField(max_length=30)
        hold_kind = CharField(max_length=30, default="")
        hold_reason = TextField(default="")

        class Meta:
            database = db
            table_name = "review"

    db.create_tables([Review])

    class Recommendation(Model):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        number = IntegerField()
        text = TextField()
        intended_outcome = TextField(default="")
        addressed_to = CharField(max_length=200, default="")

        class Meta:
            database = db
            table_name = "recommendation"
            indexes = ((("review", "number"), True),)

    db.create_tables([Recommendation])

    class Agency(Model):
        version = IntegerField(default=1)
        code = CharField(unique=True, max_length=12)
        name = CharField(unique=True, max_length=120)
        is_active = BooleanField(default=True)

        class Meta:
            database = db
            table_name = "agency"

    db.create_tables([Agency])

    class User(Model):
        version = IntegerField(default=1)
        email = CharField(unique=True, max_length=254)
        name = CharField(max_length=120)
        agency = ForeignKeyField(Agency, null=True, on_delete="RESTRICT")
        roles = CharField(max_length=120, default="")
        password_hash = CharField(null=True, max_length=200)
        is_active = BooleanField(default=True)

        class Meta:
            database = db
            table_name = "person"

    db.create_tables([User])

    class Action(Model):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, on_delete="RESTRICT")
        number = IntegerField()
        agency = ForeignKeyField(Agency, index=False, on_delete="RESTRICT")
        lead = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        text = TextField()
        success_measure = TextField(default="")
        original_due_on = DateField(null=True)
        current_due_on = DateField(null=True)
        standing = CharField(max_length=12, default="active")
        standing_reason = TextField(default="")
        progress = CharField(max_length=16, default="not_started")
        updated_on = DateField()
        assurance = CharField(max_length=12, default="none")
        reported_done_on = DateField(null=True)
        extension_count = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "action"
            indexes = (
                (("review", "number"), True),
                (
                    (
                        "standing",
                        "assurance",
                        "current_due_on",
                        "progress",
                        "updated_on",
                        "extension_count",
                        "reported_done_on",
                        "agency",
                        "review",
                    ),
                    False,
                ),
                (
                    (
                        "agency",
                        "current_due_on",
                        "standing",
                        "assurance",
                        "progress",
                        "updated_on",
                        "extension_count",
                        "reported_done_on",
                        "review",
                    ),
                    False,
                ),
            )

    db.create_tables([Action])

    class AgencyResponse(Model):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, on_delete="RESTRICT")
        answer = CharField(max_length=20, default="awaited")
        reason = TextField(default="")

        class Meta:
            database = db
            table_name = "agency_response"
            indexes = ((("recommendation", "agency"), True),)

    db.create_tables([AgencyResponse])

    class Submission(Model):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        narrative = TextField()
        by = ForeignKeyField(User, on_delete="RESTRICT")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "submission"

    db.create_tables([Submission])

    class AssuranceDecision(Model):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        submission = ForeignKeyField(Submission, unique=True, on_delete="RESTRICT")
        decision = CharField(max_length=10)
        reason = TextField()
        by = ForeignKeyField(User, on_delete="RESTRICT")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "assurance_decision"

    db.create_tables([AssuranceDecision])

    class AuditEvent(Model):
        at = DateTimeField(index=True)
        actor_id = IntegerField(null=True)
        actor_name = TextField()
        event = CharField(index=True, max_length=60)
        room = CharField(max_length=20)
        kind = CharField(max_length=40)
        object_id = IntegerField(null=True)
        review_id = IntegerField(index=True, null=True)
        action_id = IntegerField(index=True, null=True)
        changes = TextField(default="{}")
        state = TextField(default="{}")
        detail = TextField(default="{}")
        previous_hash = CharField(max_length=64)
        hash = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "audit_event"
            indexes = ((("kind", "object_id", "id"), False),)

    db.create_tables([AuditEvent])

    class OutboxMessage(Model):
        version = IntegerField(default=1)
        to_user = ForeignKeyField(User, on_delete="RESTRICT")
        to_address = CharField(max_length=254)
        subject = CharField(max_length=200)
        body = TextField()
        message_id = CharField(unique=True, max_length=120)
        is_secret = BooleanField(default=False)
        state = CharField(index=True, max_length=12, default="queued")
        queued_at = DateTimeField()
        next_try_at = DateTimeField(null=True)
        sent_at = DateTimeField(null=True)
        attempts = IntegerField(default=0)
        last_error = TextField(default="")

        class Meta:
            database = db
            table_name = "outbox_message"

    db.create_tables([OutboxMessage])

    class Chase(Model):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        stage = IntegerField()
        due_on = DateField()
        chased_on = DateField()
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "chase"
            indexes = ((("action", "stage", "due_on"), True),)

    db.create_tables([Chase])

    class Evidence(Model):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        kind = CharField(max_length=20)
        dated_on = DateField()
        description = TextField()
        added_by = ForeignKeyField(User, on_delete="RESTRICT")
        added_at = DateTimeField()
        withdrawn_at = DateTimeField(null=True)
        withdrawn_reason = TextField(default="")

        class Meta:
            database = db
            table_name = "evidence"

    db.create_tables([Evidence])

    class EvidenceFile(Model):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        evidence = ForeignKeyField(Evidence, on_delete="RESTRICT")
        stored_name = CharField(unique=True, max_length=80)
        shown_name = CharField(max_length=200)
        size = IntegerField()
        sha256 = CharField(max_length=64)
        media_type = CharField(max_length=100)

        class Meta:
            database = db
            table_name = "evidence_file"

    db.create_tables([EvidenceFile])

    class Extension(Model):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        old_due_on = DateField(null=True)
        asked_due_on = DateField()
        reason = TextField()
        asked_by = ForeignKeyField(User, on_delete="RESTRICT")
        asked_at = DateTimeField()
        state = CharField(index=True, max_length=10, default="asked")
        decided_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)
        decision_reason = TextField(default="")

        class Meta:
            database = db
            table_name = "extension"

    db.create_tables([Extension])

    class Lease(Model):
        name = CharField(unique=True, max_length=40)
        holder = CharField(max_length=80)
        until = DateTimeField()

        class Meta:
            database = db
            table_name = "lease"

    db.create_tables([Lease])

    class NamedPerson(Model):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        user = ForeignKeyField(User, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "named_person"
            indexes = ((("review", "user"), True),)

    db.create_tables([NamedPerson])

    class PasswordLink(Model):
        token_hash = CharField(unique=True, max_length=64)
        user = ForeignKeyField(User, on_delete="CASCADE")
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "password_link"

    db.create_tables([PasswordLink])

    class ProgressUpdate(Model):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        progress = CharField(max_length=16)
        narrative = TextField()
        by = ForeignKeyField(User, on_delete="RESTRICT")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "progress_update"

    db.create_tables([ProgressUpdate])

    class Theme(Model):
        version = IntegerField(default=1)
        name = CharField(unique=True, max_length=120)

        class Meta:
            database = db
            table_name = "theme"

    db.create_tables([Theme])

    class RecommendationTheme(Model):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, on_delete="RESTRICT")
        theme = ForeignKeyField(Theme, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "recommendation_theme"
            indexes = ((("recommendation", "theme"), True),)

    db.create_tables([RecommendationTheme])

    class ReviewTheme(Model):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        theme = ForeignKeyField(Theme, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "review_theme"
            indexes = ((("review", "theme"), True),)

    db.create_tables([ReviewTheme])

    class Setting(Model):
        version = IntegerField(default=1)
        key = CharField(unique=True, max_length=60)
        value = TextField()

        class Meta:
            database = db
            table_name = "setting"

    db.create_tables([Setting])

    class SignInAttempt(Model):
        email = CharField(index=True, max_length=254)
        at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "sign_in_attempt"

    db.create_tables([SignInAttempt])

    class SignInSession(Model):
        token_hash = CharField(unique=True, max_length=64)
        user = ForeignKeyField(User, on_delete="CASCADE")
        data = TextField(default="{}")
        started_at = DateTimeField()
        seen_at = DateTimeField()

        class Meta:
            database = db
            table_name = "sign_in_session"

    db.create_tables([SignInSession])

    class StageReached(Model):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        stage = CharField(max_length=30)
        reached_on = DateField()
        note = TextField(default="")
        recorded_at = DateTimeField()

        class Meta:
            database = db
            table_name = "stage_reached"

    db.create_tables([StageReached])

    class StatutoryClock(Model):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        kind = CharField(max_length=20)
        due_on = DateField()
        met_on = DateField(null=True)

        class Meta:
            database = db
            table_name = "statutory_clock"
            indexes = ((("review", "kind"), True),)

    db.create_tables([StatutoryClock])

    class SubmittedEvidence(Model):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        submission = ForeignKeyField(Submission, on_delete="RESTRICT")
        evidence = ForeignKeyField(Evidence, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "submitted_evidence"
            indexes = ((("submission", "evidence"), True),)

    db.create_tables([SubmittedEvidence])
