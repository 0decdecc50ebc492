"""Whether a person wants the pictures of a week and of a month: everybody does who has not said otherwise."""

from peewee import *


def up(migrator, db):
    """Add the column."""
    db.execute_sql('ALTER TABLE "news_pace" ADD COLUMN "has_pictures" BOOLEAN NOT NULL DEFAULT TRUE')
