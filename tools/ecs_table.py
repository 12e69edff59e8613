#!/usr/bin/env python3
"""Writes compiler/data/ecs.tsv, the table of Elastic Common Schema fields that the compiler embeds.

    ecs_table.py ECS.json > compiler/data/ecs.tsv

The input has `version` and `fields` (name, type, array, multi_fields?). Lines of the table: NAME, TYPE and, where the field is a list by
convention, `array`, tab-separated. Multi-fields (`process.name.text`) are fields of their own.
"""
import json
import sys


def main():
    ecs = json.load(open(sys.argv[1], encoding="utf-8"))
    rows = {}
    for field in ecs["fields"]:
        array = bool(field.get("array"))
        rows[field["name"]] = (field["type"], array)
        for multi in field.get("multi_fields") or []:
            rows.setdefault(multi["name"], (multi["type"], array))
    print(f"# Elastic Common Schema {ecs['version']}: names, types and list flags.")
    print("# Copyright Elasticsearch B.V.; licensed under the Apache License, Version 2.0; https://github.com/elastic/ecs")
    print("# Written by tools/ecs_table.py.")
    for name in sorted(rows):
        kind, array = rows[name]
        print("\t".join([name, kind, "array"] if array else [name, kind]))


if __name__ == "__main__":
    main()
