"""Roles that open child deaths and wait until somebody who has one agrees, and what was decided.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table."""

    class Person(Model):
        class Meta:
            database = db
            table_name = "person"

    class RoleRequest(Model):
        version = IntegerField(default=1)
        user = ForeignKeyField(Person, on_delete="RESTRICT")
        role = CharField(max_length=40)
        asked_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        asked_at = DateTimeField()
        decided_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)
        is_agreed = BooleanField(null=True)

        class Meta:
            database = db
            legacy_table_names = False

    db.create_tables([RoleRequest])
