"""The tables of a journal, and the statements on them. Each is one step, whoever else uses the file."""

from __future__ import annotations

#: What is to be replayed; what the server has, too; and the version of the last clear, alone in its table.
SCHEMA = (
    "CREATE TABLE waiting (key BLOB PRIMARY KEY NOT NULL, version INTEGER NOT NULL, frame BLOB NOT NULL)",
    """CREATE TABLE mirrored (key BLOB PRIMARY KEY NOT NULL, version INTEGER NOT NULL, frame BLOB NOT NULL,
    expires REAL NOT NULL)""",
    "CREATE INDEX mirrored_by_expiry ON mirrored (expires)",
    "CREATE TABLE cleared (version INTEGER NOT NULL)",
    "INSERT INTO cleared VALUES (0)",
)
VERSION = 65  # of the schema; a FileCache's is another, and 64 held frames that are read no more

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
