"""PostgreSQL: the database, and its driver, which only a board on a server loads."""

from typing import Any, ClassVar

import peewee
import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import Json, Jsonb


class Adapter(peewee.Psycopg3Adapter):
    """peewee's own adapter, with the driver that it was made without."""

    txn_idle = TransactionStatus.IDLE
    txn_inerror = TransactionStatus.INERROR
    txn_unknown = TransactionStatus.UNKNOWN

    def __init__(self) -> None:
        super().__init__()
        self.json_type, self.jsonb_type = Json, Jsonb

    def check_driver(self) -> None:
        """Do nothing: this module has imported the driver, so it is there."""

    def get_binary_type(self) -> Any:
        """Return what binary values are wrapped in."""
        return psycopg.Binary

    def connect(self, db: Any, **params: Any) -> Any:
        """Open a connection to the server that the address names."""
        return psycopg.connect(conninfo=db.database, **params)


class Postgres(peewee.PostgresqlDatabase):
    """PostgreSQL, where texts are searched as SQLite does it.

    Small and capital ASCII letters are the same and no others, whatever the server's language: the same words
    find the same rows, and three times as quickly.
    """

    operations: ClassVar[dict[str, str]] = {
        **peewee.PostgresqlDatabase.operations,
        peewee.OP.ILIKE: f'COLLATE "C" {peewee.OP.ILIKE}',
    }
    psycopg2_adapter = psycopg3_adapter = Adapter
