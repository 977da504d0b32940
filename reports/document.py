"""docs/RESULTS.md out of the schemas: ``python -m reports.document > docs/RESULTS.md``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]

INTRODUCTION = """# Result files

What `--results=FILE.json` writes and `python -m reports DIR` reads. Made from `reports/schema.json` by
`python -m reports.document`; a file is checked against that schema when it is read, and one that does not fit is
refused with the field that does not. Whoever writes such a file can have a report of it, in any language.

- Times are seconds, sizes bytes, moments UTC in ISO 8601.
- A field marked with `?` may be left out; every other one is there. No further fields are allowed.
- A column's name, such as `redis@embedded`, ties subjects, verdicts and measurements of one file together. Files of a
  folder are merged; where two tell of the same cell, the later run is right.
- The version is raised when a reader of the old one could misread the new one.

`report.json`, which the report itself writes, is described by `reports/report.schema.json`.
"""


def text() -> str:
    """The document."""
    schema = json.loads(Path(__file__).with_name("schema.json").read_text(encoding="utf-8"))
    parts = [INTRODUCTION, f"## The file\n\n{schema['description']}\n", _table(schema)]
    for name, each in schema["$defs"].items():
        parts.append(f"## {name}\n" + (f"\n{each['description']}\n" if "description" in each else ""))
        parts.append(_table(each))
    return "\n".join(parts)


def _table(schema: Schema) -> str:
    rows = "".join(f"| `{name}` | {kind} | {about} |\n" for name, kind, about in _fields(schema, ""))
    return f"| field | type | |\n| --- | --- | --- |\n{rows}"


def _fields(schema: Schema, prefix: str) -> Iterator[tuple[str, str, str]]:
    """Every field below ``schema`` as its path, its type and what it means."""
    for name, each in schema.get("properties", {}).items():
        path = f"{prefix}{name}{'' if name in schema.get('required', ()) else '?'}"
        yield path, _kind(each), each.get("description", "").replace("|", "\\|")
        yield from _fields(each, f"{path}.")
        yield from _fields(each.get("items", {}), f"{path}[].")
        for choice in each.get("oneOf", ()):
            yield from _fields(choice, f"{path}.")


def _kind(schema: Schema) -> str:
    if choices := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return ", ".join(f"`{each}`" for each in choices)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "oneOf" in schema:
        return " or ".join(map(_kind, schema["oneOf"]))
    kind = schema["type"] if isinstance(schema["type"], str) else " or ".join(schema["type"])
    if kind == "array":
        return f"array of {_kind(schema['items'])}"
    members = schema.get("additionalProperties")
    return f"object of {_kind(members)}" if isinstance(members, dict) else kind


if __name__ == "__main__":
    sys.stdout.write(text())
