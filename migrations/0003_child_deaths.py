"""Child death reviews: cases, panels, what they decide, and the reports issued on them.

A frozen copy of the tables, on purpose independent of the application's models.
"""

from peewee import *

APPEND_ONLY = ("panel_decision", "referral", "referral_answer", "return_chase", "issued_report")


def up(migrator, db):
    """Make the tables, refuse to change what is written once, and let a message say whom it is about."""
    create_tables(db)
    for table in APPEND_ONLY:
        if isinstance(db, SqliteDatabase):
            refuse_on_sqlite(db, table)
        else:
            refuse_on_postgres(db, table)
    migrator.migrate(migrator.add_column("outbox_message", "about", CharField(max_length=20, default="")))


def refuse_on_sqlite(db, table):
    """Refuse updates and deletes on SQLite."""
    for operation in ("UPDATE", "DELETE"):
        db.execute_sql(
            f'CREATE TRIGGER "{table}_no_{operation.lower()}" BEFORE {operation} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def refuse_on_postgres(db, table):
    """Refuse updates and deletes on PostgreSQL, by the function that the first schema made."""
    db.execute_sql(
        f'CREATE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def create_tables(db):
    """Make the tables, parents first."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Versioned(Base):
        version = IntegerField(default=1)

    class Agency(Base):
        pass

    class User(Base):
        class Meta:
            table_name = "person"

    class Review(Base):
        pass

    class Recommendation(Base):
        pass

    class OutboxMessage(Base):
        pass

    class ChildDeath(Versioned):
        case_number = CharField(max_length=30, unique=True)
        died_on = DateField(index=True)
        notified_on = DateField()
        age_number = IntegerField()
        age_unit = CharField(max_length=6)
        age_band = CharField(max_length=20)
        sex = CharField(max_length=20)
        ethnicity = CharField(max_length=30)
        district = CharField(max_length=30)
        place = CharField(max_length=20)
        event = CharField(max_length=20, default="")
        expected = CharField(max_length=20)
        looked_after = CharField(max_length=20)
        protection_plan = CharField(max_length=20)
        statutory_order = CharField(max_length=20)
        asylum_seeking = CharField(max_length=20)
        is_abuse_suspected = BooleanField(default=False)
        rapid_response = CharField(max_length=20)
        rapid_response_on = DateField(null=True)
        inquest = CharField(max_length=20)
        criminal = CharField(max_length=20)
        circumstances = TextField(default="")
        sealed_birth = TextField(default="")
        decision_number = IntegerField(default=0)
        reviewed_on = DateField(null=True, index=True)
        primary_category = IntegerField(null=True)
        status = CharField(max_length=30, default="")

    class AgencyReturn(Versioned):
        death = ForeignKeyField(ChildDeath, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, on_delete="RESTRICT")
        asked_on = DateField()
        due_on = DateField(index=True)
        answered_on = DateField(null=True)
        knows_child = CharField(max_length=20, default="")
        summary = TextField(default="")

        class Meta:
            indexes = ((("death", "agency"), True),)

    class PanelMeeting(Versioned):
        held_on = DateField(unique=True)
        proposals_due_on = DateField()
        note = TextField(default="")
        closed_at = DateTimeField(null=True)

    class PanelSeat(Base):
        meeting = ForeignKeyField(PanelMeeting, on_delete="RESTRICT")
        user = ForeignKeyField(User, on_delete="RESTRICT")

        class Meta:
            indexes = ((("meeting", "user"), True),)

    class PanelCase(Versioned):
        meeting = ForeignKeyField(PanelMeeting, on_delete="RESTRICT")
        death = ForeignKeyField(ChildDeath, on_delete="RESTRICT")
        place = IntegerField()

        class Meta:
            indexes = ((("meeting", "death"), True),)

    class Interest(Versioned):
        death = ForeignKeyField(ChildDeath, on_delete="RESTRICT")
        user = ForeignKeyField(User, on_delete="RESTRICT")
        nature = TextField()
        declared_at = DateTimeField()
        lifted_at = DateTimeField(null=True)
        lifted_reason = TextField(default="")

    class Attendance(Base):
        meeting = ForeignKeyField(PanelMeeting, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, on_delete="RESTRICT")
        post = CharField(max_length=120)

        class Meta:
            indexes = ((("meeting", "agency", "post"), True),)

    class Categorisation(Versioned):
        panel_case = ForeignKeyField(PanelCase, on_delete="RESTRICT")
        member = ForeignKeyField(User, on_delete="RESTRICT")
        categories = CharField(max_length=30)
        status = CharField(max_length=30)
        status_reason = TextField(default="")
        learning = TextField(default="")
        proposed_at = DateTimeField()

        class Meta:
            indexes = ((("panel_case", "member"), True),)

    class PanelDecision(Base):
        death = ForeignKeyField(ChildDeath, on_delete="RESTRICT")
        number = IntegerField()
        meeting = ForeignKeyField(PanelMeeting, on_delete="RESTRICT", null=True)
        completed_on = DateField()
        categories = CharField(max_length=30)
        primary_category = IntegerField()
        status = CharField(max_length=30)
        status_reason = TextField(default="")
        reasons = TextField(default="")
        learning = TextField(default="")
        present = TextField(default="")
        correction_reason = TextField(default="")
        decided_by = CharField(max_length=120)
        recorded_at = DateTimeField()

        class Meta:
            indexes = ((("death", "number"), True),)

    class Factor(Base):
        categorisation = ForeignKeyField(Categorisation, on_delete="RESTRICT", null=True)
        decision = ForeignKeyField(PanelDecision, on_delete="RESTRICT", null=True)
        domain = CharField(max_length=20)
        code = CharField(max_length=30, default="", index=True)
        influence = CharField(max_length=2)
        text = TextField(default="")
        is_modifiable = BooleanField(default=False)

    class Referral(Base):
        death = ForeignKeyField(ChildDeath, on_delete="RESTRICT")
        number = IntegerField()
        is_referred = BooleanField()
        reason = TextField()
        decided_on = DateField()
        due_on = DateField(null=True)
        decision_number = IntegerField()
        was_suspected = BooleanField()
        decided_by = CharField(max_length=120)
        recorded_at = DateTimeField()

        class Meta:
            indexes = ((("death", "number"), True),)

    class ReferralAnswer(Base):
        referral = ForeignKeyField(Referral, on_delete="RESTRICT", unique=True)
        outcome = CharField(max_length=30)
        reason = TextField()
        answered_on = DateField()
        review = ForeignKeyField(Review, on_delete="RESTRICT", null=True)
        answered_by = CharField(max_length=120)
        recorded_at = DateTimeField()

    class Lesson(Base):
        death = ForeignKeyField(ChildDeath, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, on_delete="RESTRICT", unique=True)
        recorded_at = DateTimeField()

    class ReturnChase(Base):
        agency_return = ForeignKeyField(AgencyReturn, on_delete="RESTRICT")
        stage = IntegerField()
        due_on = DateField()
        chased_on = DateField()
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

        class Meta:
            indexes = ((("agency_return", "stage", "due_on"), True),)

    class AnnualDraft(Versioned):
        year = CharField(max_length=7, unique=True)
        author = CharField(max_length=120, default="")
        owner = CharField(max_length=120, default="")
        circulation = TextField(default="")
        foreword = TextField(default="")
        achievements = TextField(default="")
        learning = TextField(default="")
        training = TextField(default="")
        left_out = TextField(default="")

    class IssuedReport(Base):
        year = CharField(max_length=7)
        number = IntegerField()
        title = CharField(max_length=200)
        issued_on = DateField()
        issued_by = CharField(max_length=120)
        issued_at = DateTimeField()
        report_json = TextField()
        counts_json = TextField()
        paper = BlobField()
        paper_sha256 = CharField(max_length=64)

        class Meta:
            indexes = ((("year", "number"), True),)

    db.create_tables(
        [
            ChildDeath,
            AgencyReturn,
            PanelMeeting,
            PanelSeat,
            PanelCase,
            Interest,
            Attendance,
            Categorisation,
            PanelDecision,
            Factor,
            Referral,
            ReferralAnswer,
            Lesson,
            ReturnChase,
            AnnualDraft,
            IssuedReport,
        ]
    )
