"""The tables of a journal, and the statements on them. Each is one step, whoever else uses the file."""

from __future__ import annotations

from .ownership import Schema

_TABLES = (
    "CREATE TABLE waiting (key BLOB PRIMARY KEY NOT NULL, version INTEGER NOT NULL, frame BLOB NOT NULL)",
    """CREATE TABLE mirrored (key BLOB PRIMARY KEY NOT NULL, version INTEGER NOT NULL, frame BLOB NOT NULL,
    expires REAL NOT NULL)""",
    "CREATE INDEX mirrored_by_expiry ON mirrored (expires)",
    "CREATE TABLE cleared (version INTEGER NOT NULL)",
)
#: One table held all, the last clear included: its key is no text, as only that has a byte FF.
_OF_64 = (
    "DROP INDEX waiting",
    "DROP INDEX mirrored",
    *_TABLES,
    "INSERT INTO waiting SELECT key, version, frame FROM entries WHERE pending",
    "INSERT INTO mirrored SELECT key, version, frame, expires FROM entries WHERE NOT pending AND NOT instr(key, x'ff')",
    "INSERT INTO cleared SELECT coalesce(max(version), 0) FROM entries WHERE instr(key, x'ff')",
    "DROP TABLE entries",
)
#: What is to be replayed; what the server has, too; and the version of the last clear, alone in its table. A
#: FileCache's schema has another version.
SCHEMA = Schema(65, (*_TABLES, "INSERT INTO cleared VALUES (0)"), {64: _OF_64})

_NEWER = (  # than what there is for all keys, or on the server; else NULL, and the row is ignored
    "CASE WHEN ? > max((SELECT version FROM cleared),"
    " coalesce((SELECT version FROM mirrored WHERE key = ?), 0)) THEN ? END"
)
_OVER = "ON CONFLICT (key) DO UPDATE SET version = excluded.version, frame = excluded.frame"
_OLDER = "WHERE excluded.version > version"
#: These take key, version, key, version, frame.
ADD = f"INSERT OR IGNORE INTO waiting VALUES (?, {_NEWER}, ?)"  # noqa: S608  # where nothing waits
WAIT = f"{ADD} {_OVER} {_OLDER}"
#: And this, the expiry.
MIRROR = (
    f"INSERT OR IGNORE INTO mirrored VALUES (?, {_NEWER}, ?, ?)"  # noqa: S608
    f" {_OVER}, expires = excluded.expires {_OLDER}"
)
REPLACE = "UPDATE waiting SET version = ?, frame = ? WHERE key = ? AND version = ?"
CLEAR = ("DELETE FROM waiting", "DELETE FROM mirrored")
OLDER = tuple(f"{each} WHERE key = ? AND version < ?" for each in CLEAR)
NEWEST = (
    "SELECT max((SELECT version FROM cleared), coalesce((SELECT max(version) FROM waiting), 0),"
    " coalesce((SELECT max(version) FROM mirrored), 0))"
)

OWN = "SELECT frame FROM waiting WHERE key = ?"
OWN_OR_MIRRORED = f"{OWN} UNION ALL SELECT frame FROM mirrored WHERE key = ? LIMIT 1"  # noqa: S608
_WAITING, _MIRRORED = "SELECT key, version, 1, frame FROM waiting", "SELECT key, version, 0, frame FROM mirrored"
READ_ALL = f"{_MIRRORED} UNION ALL {_WAITING}"
#: What waits for this key, or for all; else the mirrored one. It takes key, key of all, key.
READ = f"{_WAITING} WHERE key = ? UNION ALL {_WAITING} WHERE key = ? UNION ALL {_MIRRORED} WHERE key = ? LIMIT 1"
MANY = 100  # keys in one statement
_KEYS = f"WHERE key IN ({', '.join('?' * MANY)})"
READ_MANY = f"{_MIRRORED} {_KEYS} UNION ALL {_WAITING} {_KEYS}"
OWN_MANY = f"SELECT key, frame FROM waiting {_KEYS}"  # noqa: S608  # of our own marks
OWN_OR_MIRRORED_MANY = f"SELECT key, frame FROM mirrored {_KEYS} UNION ALL {OWN_MANY}"  # noqa: S608
