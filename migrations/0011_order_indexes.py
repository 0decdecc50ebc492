"""Indexes in the orders of the list of actions, and in the indexes of rating what lists ask besides.

A page in the order of a date is read off an index instead of sorting every action. The two indexes of what
ratings ask are made anew with the number of an action, for the order of references, and with its lead and
recommendation, for a lead's own work and an agency's recommendations: no row is read for them either.
"""

ORDERS = ("current_due_on", "updated_on", "reported_done_on")
FACTS = ("progress", "updated_on", "extension_count", "reported_done_on")
# The columns of each index of rating, and those it gets.
WIDER = (
    (("standing", "assurance", "current_due_on", *FACTS, "agency_id", "review_id"), ("number",)),
    (
        ("agency_id", "current_due_on", "standing", "assurance", *FACTS, "review_id"),
        ("lead_id", "recommendation_id"),
    ),
)


def up(migrator, db):
    """Make the indexes, two of them in place of those there are."""
    # Found by columns: the names are long, and PostgreSQL cuts them.
    names = {tuple(index.columns): index.name for index in db.get_indexes("action")}
    for columns, more in WIDER:
        migrator.migrate(
            migrator.drop_index("action", names[columns]),
            migrator.add_index("action", (*columns, *more)),
        )
    for column in ORDERS:
        migrator.migrate(migrator.add_index("action", (column, "id", "review_id")))
