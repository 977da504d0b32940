"""Whose an SQLite file is: it says so in its head."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_OURS = 0x63707266
_NOTHING: Mapping[int, Sequence[str]] = {}


class Schema(NamedTuple):
    """The statements that make the tables of a ``version``, or make them ``of`` those of an older one."""

    version: int
    statements: Sequence[str]
    of: Mapping[int, Sequence[str]] = _NOTHING


def make_ours(connection: sqlite3.Connection, schema: Schema) -> bool:
    """Make a database by ``schema`` of a file that is new, or older; whether it is one of ours, of that version."""
    if _is_new(connection):
        connection.execute("PRAGMA synchronous = OFF")  # there is nothing to lose yet
        connection.execute("PRAGMA journal_mode = WAL")
    if _missing(connection, schema):
        connection.execute("BEGIN IMMEDIATE")
        for statement in _missing(connection, schema):  # none, if another process was faster
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA synchronous = NORMAL")
    return _identity(connection) == (_OURS, schema.version)


def _missing(connection: sqlite3.Connection, schema: Schema) -> Sequence[str]:
    """What makes the file one of ``schema``, where that can be made of it."""
    whose, version = _identity(connection)
    older = schema.of.get(version, ()) if whose == _OURS else ()
    statements = schema.statements if _is_new(connection) else older
    marks = (f"PRAGMA application_id = {_OURS}", f"PRAGMA user_version = {schema.version}")
    return (*statements, *marks) if statements else ()


def _is_new(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return tables == 0 and _identity(connection) == (0, 0)


def _identity(connection: sqlite3.Connection) -> tuple[int, int]:
    (whose,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return whose, version
