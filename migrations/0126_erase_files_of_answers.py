"""A file that went with an agency's answer about a death can be erased by two people, as evidence can.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Add the columns of a tombstone, and the table of what was asked and decided."""
    kind = "DATETIME" if isinstance(db, SqliteDatabase) else "TIMESTAMP"
    db.execute_sql(f'ALTER TABLE "return_file" ADD COLUMN "erased_at" {kind}')
    db.execute_sql('ALTER TABLE "return_file" ADD COLUMN "name_length" INTEGER')

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Named):
        pass

    class ReturnFile(Named):
        pass

    class ReturnErasure(Named):
        version = IntegerField(default=1)
        file = ForeignKeyField(ReturnFile, on_delete="RESTRICT")
        reason = TextField()
        asked_by = ForeignKeyField(Person, on_delete="RESTRICT")
        asked_at = DateTimeField()
        asked_as = CharField(max_length=120)
        outcome = CharField(max_length=10, default="", index=True)
        decided_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)
        decision_reason = TextField(default="")

    db.create_tables([ReturnErasure])
