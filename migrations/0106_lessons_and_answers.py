"""One recommendation from several deaths, answering several lessons; an answer to a referral corrected.

A recommendation came of one death only, and a referral had one answer for ever.
"""

from peewee import *


def up(migrator, db):
    """Let a recommendation have several deaths, and an answer be followed by another."""
    for index in ("lesson_recommendation_id", "referral_answer_referral_id"):
        db.execute_sql(f'DROP INDEX "{index}"')
    for column in ('"version" INTEGER NOT NULL DEFAULT 1', "\"found\" TEXT NOT NULL DEFAULT '[]'"):
        db.execute_sql(f'ALTER TABLE "lesson" ADD COLUMN {column}')
    db.execute_sql('ALTER TABLE "referral_answer" ADD COLUMN "correction_reason" TEXT NOT NULL DEFAULT \'\'')
    db.execute_sql('CREATE INDEX "lesson_recommendation_id" ON "lesson" ("recommendation_id")')
    db.execute_sql(
        'CREATE UNIQUE INDEX "lesson_death_id_recommendation_id" '
        'ON "lesson" ("death_id", "recommendation_id")'
    )
    db.execute_sql('CREATE INDEX "referral_answer_referral_id" ON "referral_answer" ("referral_id")')
