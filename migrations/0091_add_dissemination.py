"""Each time that learning was shared.

Frozen copies of the tables, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Named):
        pass

    class Recommendation(Named):
        pass

    class Dissemination(Named):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, null=True, on_delete="RESTRICT")
        shared_on = DateField()
        how = CharField(max_length=12)
        with_whom = CharField(max_length=200)
        what = TextField()
        reached = IntegerField(null=True)
        is_void = BooleanField(default=False)
        version = IntegerField(default=1)

    db.create_tables([Dissemination])
