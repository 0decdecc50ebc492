"""An inspection has judgements and strengths, and its recommendations are areas that follow earlier ones.

A frozen copy of the new table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Add the columns and the table."""
    for column in (
        "\"area\" VARCHAR(12) NOT NULL DEFAULT ''",
        '"earlier_area_id" INTEGER REFERENCES "recommendation" ("id") ON DELETE RESTRICT',
        "\"became\" VARCHAR(12) NOT NULL DEFAULT ''",
    ):
        db.execute_sql(f'ALTER TABLE "recommendation" ADD COLUMN {column}')
    db.execute_sql('CREATE INDEX "recommendation_earlier_area_id" ON "recommendation" ("earlier_area_id")')

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Named):
        pass

    class Recommendation(Named):
        pass

    class InspectionFinding(Named):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        kind = CharField(max_length=12)
        text = TextField()
        grade = CharField(max_length=60, default="")
        earlier_area = ForeignKeyField(Recommendation, null=True, on_delete="RESTRICT", backref="+")
        became = CharField(max_length=12, default="")
        earlier_judgement = ForeignKeyField("self", null=True, on_delete="RESTRICT", backref="+")
        is_void = BooleanField(default=False)

    db.create_tables([InspectionFinding])
