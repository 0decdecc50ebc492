"""What the forms of 2018 ask of a death beside those of 2008.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class ChildDeath(Named):
        pass

    class Particulars(Named):
        version = IntegerField(default=1)
        death = ForeignKeyField(ChildDeath, unique=True, on_delete="RESTRICT")
        time_of_death = CharField(max_length=5, default="")
        birth_weight = IntegerField(null=True)
        gestation = IntegerField(null=True)
        coroner = CharField(max_length=20)
        certificate = CharField(max_length=20)
        cause = TextField(default="")
        review_meeting_on = DateField(null=True)
        key_worker = CharField(max_length=20)
        key_worker_post = CharField(max_length=120, default="")
        family_questions = TextField(default="")

    db.create_tables([Particulars])
