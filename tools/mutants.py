#!/usr/bin/env python3
"""Puts mistakes into our own code, one at a time, and counts those that our tests notice.

    tools/mutants.py AREA [--only PATH] [--sample N] [--skip N] [--timeout SECONDS] [--minutes M] [--again]

AREA is `ir`, `targets` (plans and printers of the four languages) or `engines`. cargo-mutants lists the mutants (it is installed where it
is missing); a sample of N (60) is drawn, and each is put into a copy of HEAD of its own, below target/mutants, where builds are
incremental. The tests of the area run from the cheapest on, and a mutant is caught by the first that fails.

The sample is the N mutants whose names have the smallest SHA-256, lines and columns left out of the name: as fair as chance, the
same on every machine, and edits elsewhere in a file do not draw another one. What was done is kept in target/mutants/AREA.tsv, a
line a mutant in the order of the sample, so that a run that was stopped (or ended by --minutes) goes on where it was; a new commit
starts again. `--again` runs the survivors once more, at the HEAD of now. Figures that are published stand in tests/mutants.yml,
written by hand from the last lines that this prints.
"""
import argparse
import collections
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOME = ROOT / "target" / "mutants"
TREE = HOME / "tree"
LANGUAGES = ["kql", "esql", "eql", "spl"]
SEMANTICS = ["test", "-p", "verdict", "--test", "semantics", "--test", "series"]
PACKS = ["run", "-p", "verdict", "--", "test", "packs"]
# An area: its package, the files that are mutated, and the tests, the cheapest first.
AREAS = {
    "ir": (
        "verdict-compiler",
        ["compiler/src/ir.rs", "compiler/src/ir/**"],
        [["test", "-p", "verdict-compiler"], SEMANTICS, PACKS],
    ),
    "targets": (
        "verdict-targets",
        [f"targets/src/{name}{rest}" for name in LANGUAGES for rest in (".rs", "/**")],
        [["test", "-p", "verdict-targets"], SEMANTICS, PACKS],
    ),
    "engines": (
        "verdict-engines",
        ["harness/engines/src/**"],
        [["test", "-p", "verdict-engines"], ["test", "-p", "verdict", "--test", "conformance"]],
    ),
}


def environment():
    """Cargo's settings: a target folder of our own, little to write, and no snapshot that is accepted in passing."""
    own = {
        "CARGO_TARGET_DIR": os.environ.get("MUTANTS_TARGET_DIR", str(HOME / "target")),
        "CARGO_INCREMENTAL": "1",
        "CARGO_PROFILE_DEV_OPT_LEVEL": "1",
        "CARGO_PROFILE_DEV_DEBUG": "0",
        "CARGO_PROFILE_TEST_DEBUG": "0",
        "INSTA_UPDATE": "no",
    }
    return {**os.environ, **own}


def cargo(arguments, limit):
    """The exit code of a command in the copy, or nothing where the time was up; its children end with it."""
    with open(HOME / "last.log", "w", encoding="utf-8") as log:
        command = ["nice", "-n", "5", "cargo", *arguments]
        process = subprocess.Popen(
            command, cwd=TREE, env=environment(), stdout=log, stderr=log, start_new_session=True
        )
        try:
            return process.wait(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return None


def build_of(step):
    """The command that builds what a step runs."""
    return [*step, "--no-run"] if step[0] == "test" else ["build", *step[1 : step.index("--")]]


def judge(steps, limit):
    """What becomes of the tree as it stands, and at which step. What does not build is no mutant."""
    for number, step in enumerate(steps, 1):
        if cargo(build_of(step), 3600) != 0:
            return ("unviable", number)
        code = cargo(step, limit)
        if code is None:
            return ("timeout", number)
        if code != 0:
            return ("caught", number)
    return ("missed", 0)


def head():
    return subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True).strip()


def copy_of_head():
    """The copy, at the commit that is measured."""
    HOME.mkdir(parents=True, exist_ok=True)
    if not TREE.is_dir():
        subprocess.check_call(["git", "worktree", "prune"], cwd=ROOT)
        subprocess.check_call(["git", "worktree", "add", "--detach", str(TREE), "HEAD"], cwd=ROOT)
    subprocess.check_call(["git", "reset", "--quiet", "--hard", head()], cwd=TREE)


def is_inert(mutant):
    """Whether it only says that a mistake which the feature `faults` can switch on is off, as it is in every build that ships."""
    guard = re.search(r"replace match guard (.*) with false in ", mutant.get("name") or "")
    return guard is not None and re.search(r"(?<!!)verdict_faults::at\(", guard.group(1)) is not None


def listed(package, files):
    """Every mutant of an area that changes something."""
    if shutil.which("cargo-mutants") is None:
        subprocess.check_call(["cargo", "install", "cargo-mutants", "--locked"])
    command = ["cargo", "mutants", "--list", "--json", "--diff", "--package", package]
    for pattern in files:
        command += ["--file", pattern]
    mutants = json.loads(subprocess.check_output(command, cwd=TREE, text=True))
    return [mutant for mutant in mutants if not is_inert(mutant)]


def title(mutant):
    """The mutant's name: its file, what is replaced by what, and in which function."""
    function = (mutant.get("function") or {}).get("function_name", "")
    said = mutant.get("name") or f"{mutant['genre']} {mutant['replacement']} in {function}"
    said = re.sub(r"^\S+?:\d+:\d+: ", "", said)
    return f"{mutant['file']}: {said}"


def sample_of(mutants, skipped, size):
    """The sample: title, line and mutant, in the order of their hashes. Namesakes are told apart by their order in the file."""
    seen = collections.Counter()
    drawn = []
    for mutant in sorted(mutants, key=lambda one: (one["file"], one["span"]["start"]["line"], one["span"]["start"]["column"])):
        name = title(mutant)
        seen[name] += 1
        digest = hashlib.sha256(f"{name} #{seen[name]}".encode()).hexdigest()
        drawn.append((digest, name, mutant))
    drawn.sort(key=lambda one: one[0])
    return [(name, mutant["span"]["start"]["line"], mutant) for _, name, mutant in drawn[skipped : skipped + size]]


def with_mutant(mutant, work):
    """What `work` says of the tree with the mutant in it; the file is as before afterwards."""
    path = TREE / mutant["file"]
    before = path.read_bytes()
    try:
        subprocess.run(["patch", "--silent", "--no-backup-if-mismatch", str(path)], input=mutant["diff"], text=True, check=True)
        return work()
    finally:
        path.write_bytes(before)


def kept(path, commit):
    """What an earlier run over the same commit found: outcome by title and line."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != f"# {commit}":
        return {}
    rows = [line.split("\t") for line in lines[1:]]
    return {(name, int(line)): (outcome, int(step)) for outcome, step, line, name in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("area", choices=sorted(AREAS))
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--skip", type=int, default=0, help="leave out so many of the order: a fresh sample, after the survivors of one were mended")
    parser.add_argument("--only", default="", help="only files whose path begins so: to look for gaps in one language; the published figures leave it out")
    parser.add_argument("--timeout", type=int, default=300, help="seconds for the tests of one step")
    parser.add_argument("--minutes", type=float, help="begin no mutant after so long")
    parser.add_argument("--again", action="store_true", help="only those that survived last time")
    chosen = parser.parse_args()
    package, files, steps = AREAS[chosen.area]
    book = HOME / f"{chosen.area}.tsv"
    begun = time.monotonic()
    copy_of_head()
    mutants = [mutant for mutant in listed(package, files) if mutant["file"].startswith(chosen.only)]
    sample = sample_of(mutants, chosen.skip, chosen.sample)
    done = kept(book, head())
    if chosen.again:
        lines = book.read_text(encoding="utf-8").splitlines()[1:]
        alive = {line.split("\t")[3] for line in lines if line.startswith("missed\t")}
        sample = [one for one in sample if one[0] in alive]
        book, done = HOME / f"{chosen.area}.again.tsv", {}
    state = judge(steps, 3600)
    if state[0] != "missed":
        sys.exit(f"the tests fail without any mutant: {state}; see {HOME / 'last.log'}")
    print(f"{len(mutants)} mutants in {chosen.area}, {len(sample)} drawn, at {head()[:12]}", flush=True)
    with open(book, "w", encoding="utf-8") as out:
        print(f"# {head()}", file=out)
        counts = collections.Counter()
        for name, line, mutant in sample:
            found = done.get((name, line))
            late = chosen.minutes is not None and time.monotonic() - begun > 60 * chosen.minutes
            if found is None and late:
                counts["not run"] += 1
                continue
            found = found or with_mutant(mutant, lambda: judge(steps, chosen.timeout))
            counts[found[0]] += 1
            print("\t".join([found[0], str(found[1]), str(line), name]), file=out, flush=True)
            print(f"{found[0]:9}{found[1]:2} {name} (line {line})", flush=True)
    noticed, viable = counts["caught"] + counts["timeout"], sum(counts.values()) - counts["unviable"] - counts["not run"]
    print(", ".join(f"{outcome} {count}" for outcome, count in sorted(counts.items())))
    print(f"{noticed} of {viable} viable mutants are noticed ({100 * noticed / max(viable, 1):.1f} %)")


if __name__ == "__main__":
    main()
