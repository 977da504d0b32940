"""The tables of a journal, and the statements on its entries."""

from __future__ import annotations

SCHEMA = (
    """CREATE TABLE entries (key BLOB PRIMARY KEY NOT NULL, version INTEGER NOT NULL, expires REAL NOT NULL,
    pending INTEGER NOT NULL, frame BLOB NOT NULL)""",
    "CREATE INDEX waiting ON entries (key) WHERE pending",
    "CREATE INDEX mirrored ON entries (expires) WHERE NOT pending",
)
VERSION = 64  # of the schema; a FileCache's is another
#: In one step: unless there is something newer, under this key or in a tombstone for all keys.
WRITE = (
    "INSERT INTO entries SELECT :key, :version, :expires, :pending, :frame"
    " WHERE :version > coalesce((SELECT version FROM entries WHERE key = :everything), 0)"
    " ON CONFLICT (key) DO UPDATE SET version = excluded.version, expires = excluded.expires,"
    " pending = excluded.pending, frame = excluded.frame WHERE excluded.version > entries.version"
)
#: The same for what has to wait, where the row is new or waited already: without a second look at any index.
WAIT = (
    "INSERT OR IGNORE INTO entries VALUES (?,"
    " CASE WHEN ? > coalesce((SELECT version FROM entries WHERE key = ?), 0) THEN ? END, ?, 1, ?)"  # else NULL
    " ON CONFLICT (key) DO UPDATE SET version = excluded.version, expires = excluded.expires, frame = excluded.frame"
    " WHERE excluded.version > entries.version AND entries.pending"
)
_ONE = "SELECT key, version, pending, frame FROM entries WHERE key = ?"
READ = f"{_ONE} UNION ALL {_ONE} LIMIT 1"  # of the second key where there is nothing under the first
MIRRORED = "SELECT frame FROM entries WHERE key = ?"
OWN = f"{MIRRORED} AND pending"
MANY = 100  # keys in one statement
READ_MANY = f"SELECT key, version, pending, frame FROM entries WHERE key IN ({', '.join('?' * MANY)})"  # noqa: S608
MIRRORED_MANY = f"SELECT key, frame FROM entries WHERE key IN ({', '.join('?' * MANY)})"  # noqa: S608
OWN_MANY = f"{MIRRORED_MANY} AND pending"
