"""The board's own templates of papers.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Named):
        pass

    class PaperTemplate(Named):
        version = IntegerField(default=1)
        shown_name = CharField(max_length=200)
        file = BlobField()
        sha256 = CharField(max_length=64)
        facts = TextField()
        kept_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        kept_at = DateTimeField()
        is_in_use = BooleanField(default=False)

    db.create_tables([PaperTemplate])
