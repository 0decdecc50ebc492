"""An index that holds all that counting the answers of each agency asks for, so that no row is read."""


def up(migrator, db):
    """Make the index."""
    migrator.migrate(migrator.add_index("agency_response", ("agency_id", "answer", "review_id")))
