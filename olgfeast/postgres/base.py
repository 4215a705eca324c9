"""The backend Django loads for ENGINE "olgfeast.postgres"."""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Checks a connection as it leaves the pool.

    psycopg_pool can do that itself, but then sleeps 1, 2, 4... seconds after each dead connection
    it meets: after a restart of PostgreSQL, requests would fail for as long as dead ones are left.
    Here the first dead one has all others looked at and replaced.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a live connection; raises OperationalError if there is none to be had."""
        connection = super().get_new_connection(conn_params)
        if not self.pool:
            return connection
        for _ in range(self.pool.max_size):
            if _lives(connection):
                return connection
            self.pool.putconn(connection)
            self.pool.check()
            connection = super().get_new_connection(conn_params)
        self.pool.putconn(connection)
        raise psycopg.OperationalError("the database closes every new connection: see its log")


def _lives(connection: psycopg.Connection) -> bool:
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.OperationalError:
        return False
    return True
