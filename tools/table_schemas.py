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
    """The tables that a profile's sources read: `from`, unless it is a function whose result is described as `table`."""
    named = set()
    for line in profile.read_text().splitlines():
        found = re.match(r"\s*(?:-\s*)?(?:from|table):\s*([A-Za-z][\w.]*)\s*$", line)
        if found:
            named.add(found[1])
    return named


def type_of(kind):
    return (kind if isinstance(kind, str) else kind.get("type", "string")).lower()


def write(name, source, schema, named):
    lines = [f"# {source}"]
    missing = named - set(schema)
    if missing:
        sys.exit(f"{name}: no schema for {', '.join(sorted(missing))}")
    for table in sorted(named):
        # One page of the reference has a column's name with a space before it.
        for column, kind in sorted((column.strip(), kind) for column, kind in schema[table].items()):
            # Some pages name groups of fields instead of one.
            if " " not in column:
                lines.append(f"{table}\t{column}\t{type_of(kind)}")
    path = ROOT / "tables" / f"{name}.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    print(f"{path.name}: {len(lines) - 1} columns")


def read(path):
    schema = json.loads(path.read_text())
    return schema.get("tables", schema)


def asim(path):
    """Each schema with the fields that all of them have; sessions of the web have those of the network too."""
    known = json.loads(path.read_text())
    schemas = {name: {**known["common"], **fields} for name, fields in known["schemas"].items()}
    schemas["imWebSession"] = {**schemas["imNetworkSession"], **schemas["imWebSession"]}
    # Every table of a workspace has it.
    return {name: {"TimeGenerated": "datetime", **fields} for name, fields in schemas.items()}


def cim(path):
    """Each data set with its fields."""
    models = json.loads(path.read_text())["models"]
    kinds = {"number": "real"}
    return {
        f"{model}.{name}": {
            field["name"]: kinds.get(field.get("type"), "string") + ("[]" if field.get("multi_value") else "")
            for field in data_set["fields"]
        }
        for model, data_sets in models.items()
        for name, data_set in data_sets.items()
    }


def main():
    write(
        "splunk_cim",
        "Splunk Common Information Model, data sets; pytest-splunk-addon 7.0.5 (Apache-2.0)",
        cim(pathlib.Path(sys.argv[1]) / "splunk" / "cim_data_models.json"),
        tables_named(ROOT / "spl" / "cim.yml"),
    )
    schemas = pathlib.Path(sys.argv[1]) / "microsoft"
    write(
        "defender_xdr",
        "Microsoft Defender XDR, advanced hunting tables; Microsoft Learn (CC BY 4.0), 2024-09-12",
        read(schemas / "defender_xdr_tables.json"),
        tables_named(ROOT / "kql" / "defender.yml"),
    )
    write(
        "sentinel",
        "Microsoft Sentinel and Azure Monitor, Log Analytics tables; Microsoft Learn (CC BY 4.0), 2024-09-25",
        read(schemas / "azure_monitor_tables.json"),
        tables_named(ROOT / "kql" / "sentinel.yml"),
    )
    write(
        "sentinel_asim",
        "Microsoft Sentinel, Advanced Security Information Model; Microsoft Learn (CC BY 4.0), 2024-09-23",
        asim(schemas / "sentinel_asim_schemas.json"),
        tables_named(ROOT / "kql" / "asim.yml"),
    )


if __name__ == "__main__":
    main()
