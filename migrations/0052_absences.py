"""Who is away for some weeks and who stands in; and news that somebody hears of in another's place.

A frozen copy of the table, on purpose independent of the application's models. What is older is about no
absence, and nobody heard of it in another's place.
"""

from peewee import *


def up(migrator, db):
    """Make the table, and add the columns."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Absence(Base):
        version = IntegerField(default=1)
        person = ForeignKeyField(Person, on_delete="RESTRICT")
        stand_in = ForeignKeyField(Person, on_delete="RESTRICT")
        from_on = DateField()
        until_on = DateField(index=True)
        cancelled_at = DateTimeField(null=True)

    db.create_tables([Absence])
    for column, table in (("absence_id", "absence"), ("in_place_of_id", "person")):
        db.execute_sql(
            f'ALTER TABLE "news" ADD COLUMN "{column}" INTEGER REFERENCES "{table}" ("id") ON DELETE RESTRICT'
        )
