"""The board's districts as rows, with Kent's twelve to begin with, by the names of 2011-12.

A case keeps its district's code, as before: nothing of the cases changes. A frozen copy of table and
names, on purpose independent of the application.
"""

from peewee import *

KENT = {
    "ashford": "Ashford",
    "canterbury": "Canterbury",
    "dartford": "Dartford",
    "dover": "Dover",
    "gravesham": "Gravesham",
    "maidstone": "Maidstone",
    "sevenoaks": "Sevenoaks",
    "shepway": "Shepway",
    "swale": "Swale",
    "thanet": "Thanet",
    "tonbridge_malling": "Tonbridge and Malling",
    "tunbridge_wells": "Tunbridge Wells",
}


def up(migrator, db):
    """Make the table and put the twelve in."""

    class Versioned(Model):
        version = IntegerField(default=1)

        class Meta:
            database = db
            legacy_table_names = False

    class District(Versioned):
        code = CharField(max_length=30, unique=True)
        name = CharField(max_length=60, unique=True)
        is_closed = BooleanField(default=False)

    db.create_tables([District])
    District.insert_many([{"code": code, "name": name} for code, name in KENT.items()]).execute()
