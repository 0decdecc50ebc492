"""Files of long papers on their way.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class KeptPaper(Named):
        pass

    class PaperDrawing(Named):
        paper = ForeignKeyField(KeptPaper, unique=True, on_delete="RESTRICT")
        state = CharField(max_length=10)
        asked_at = DateTimeField()
        told_at = DateTimeField()
        sections_done = IntegerField(default=0)
        sections = IntegerField(default=0)
        rows_done = IntegerField(default=0)
        rows = IntegerField(default=0)
        tries = IntegerField(default=0)
        problem = CharField(max_length=300, default="")
        look = CharField(max_length=64, default="")
        file = BlobField(null=True)

    db.create_tables([PaperDrawing])
