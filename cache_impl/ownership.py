"""Whose an SQLite file is: it says so in its head."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

_OURS = 0x63707266


def make_ours(connection: sqlite3.Connection, schema: Sequence[str], version: int) -> bool:
    """Make a database by ``schema`` of a file that is new; whether it is one of ours, of that ``version``."""
    if _is_new(connection):
        connection.execute("PRAGMA synchronous = OFF")  # there is nothing to lose yet
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        if _is_new(connection):  # and no other process was faster
            for statement in (*schema, f"PRAGMA application_id = {_OURS}", f"PRAGMA user_version = {version}"):
                connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA synchronous = NORMAL")
    return _identity(connection) == (_OURS, version)


def _is_new(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return tables == 0 and _identity(connection) == (0, 0)


def _identity(connection: sqlite3.Connection) -> tuple[int, int]:
    (whose,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return whose, version
