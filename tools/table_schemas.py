#!/usr/bin/env python3
"""Writes targets/profiles/tables/*.tsv: table, column, type.

    tools/table_schemas.py SCHEMAS

SCHEMAS is a folder with the vendors' published schemas as JSON (names and types, no descriptions). Only tables that a bundled profile reads are taken,
so the files stay small: run it again after a profile names a new table.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "targets" / "profiles"


def tables_named(profile):
    """The tables that a profile's sources read."""
    named = set()
    for line in profile.read_text().splitlines():
        found = re.match(r"\s*(?:-\s*)?(?:from|table):\s*(.+)", line)
        if found:
            named.update(re.findall(r"[A-Za-z_][\w.]*", found[1]))
    return named


def write(name, source, schema, named):
    lines = [f"# {source}"]
    for table in sorted(named & set(schema)):
        for column, kind in sorted(schema[table].items()):
            kind = kind if isinstance(kind, str) else kind.get("type", "string")
            lines.append(f"{table}\t{column}\t{kind.lower()}")
    path = ROOT / "tables" / f"{name}.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    print(f"{path.name}: {len(lines) - 1} columns")


def main():
    schemas = pathlib.Path(sys.argv[1])
    defender = json.loads((schemas / "microsoft" / "defender_xdr_tables.json").read_text())
    write(
        "defender_xdr",
        "Microsoft Defender XDR, advanced hunting tables; Microsoft Learn (CC BY 4.0), 2024-09-12",
        defender.get("tables", defender),
        tables_named(ROOT / "kql" / "defender.yml"),
    )


if __name__ == "__main__":
    main()
