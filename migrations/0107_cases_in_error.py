"""A child's death that was recorded in error is closed as such, and counts nowhere."""

from peewee import *


def up(migrator, db):
    """Add why a case is none, when that was found, and which case it is the double of."""
    for column in (
        "\"void_as\" VARCHAR(20) NOT NULL DEFAULT ''",
        "\"void_reason\" TEXT NOT NULL DEFAULT ''",
        '"void_on" DATE',
        '"duplicate_of_id" INTEGER REFERENCES "child_death" ("id") ON DELETE RESTRICT',
    ):
        db.execute_sql(f'ALTER TABLE "child_death" ADD COLUMN {column}')
    db.execute_sql('CREATE INDEX "child_death_duplicate_of_id" ON "child_death" ("duplicate_of_id")')
