#!/usr/bin/env python3
"""Writes compiler/data/attack.tsv, the ATT&CK table that the compiler embeds.

    attack_table.py CURRENT.json PREVIOUS.json > compiler/data/attack.tsv

Both inputs have `tactics` (id, shortname, name, order) and `techniques` (id, name, tactics, revoked?, revoked_by?, deprecated?).
CURRENT is the release that rules are checked against; PREVIOUS lends the tactics that a technique had one release ago and the short names of
tactics that have gone.

Lines of the table, tab-separated:

    tactic     ID  SHORTNAME  NAME
    alias      SHORTNAME  IDS          a short name of the previous release; IDS are the tactics that share its techniques now
    technique  ID  NAME  TACTICS  PREVIOUS_TACTICS
    retired    ID  NAME  SUCCESSOR     empty if there is none, or none is known

TACTICS are short names, space-separated; PREVIOUS_TACTICS is empty where nothing changed.
"""
import json
import sys


# A release is described by whoever gathered it, and some mark what they only know to be gone.
RETIRED = ("revoked", "deprecated", "revoked_or_deprecated_in_v19")


def main():
    current, previous = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
    out = []
    tactics = sorted(current["tactics"], key=lambda tactic: tactic["order"])
    for tactic in tactics:
        out.append(("tactic", tactic["id"], tactic["shortname"], tactic["name"]))
    known = {tactic["shortname"]: tactic["id"] for tactic in tactics}
    before = {technique["id"]: technique["tactics"] for technique in previous["techniques"]}
    techniques = sorted(current["techniques"], key=lambda technique: technique["id"])
    named_before = {tactic["shortname"] for tactic in previous["tactics"]}
    for tactic in previous["tactics"]:
        if tactic["shortname"] not in known:
            # Where its techniques went: the tactics of this release that the previous one did not know.
            moved = {
                now
                for technique in techniques
                if tactic["shortname"] in before.get(technique["id"], [])
                for now in technique["tactics"]
                if now not in named_before
            }
            ids = " ".join(known[name] for name in known if name in moved)
            out.append(("alias", tactic["shortname"], ids))
    for technique in techniques:
        if any(technique.get(flag) for flag in RETIRED):
            out.append(("retired", technique["id"], technique["name"], technique.get("revoked_by", "")))
        else:
            old = before.get(technique["id"], technique["tactics"])
            changed = old if set(old) != set(technique["tactics"]) else []
            out.append(("technique", technique["id"], technique["name"], " ".join(technique["tactics"]), " ".join(changed)))
    print(f"# MITRE ATT&CK, enterprise domain, version {current['attack_version']}; previous version {previous['attack_version']}.")
    print(f"# {current['attribution']}")
    print("# ATT&CK terms of use: https://attack.mitre.org/resources/legal-and-branding/terms-of-use/")
    print("# Written by tools/attack_table.py, which says what the columns are.")
    for row in out:
        print("\t".join(row))


if __name__ == "__main__":
    main()
