#!/usr/bin/env python3
"""Runs clang-tidy over our sources, each only when it or a file of ours it includes has changed.

usage: tools/clang_tidy.py PRESET [--slow] [FILE...]

--slow: the checks alone that .clang-tidy leaves out for their time.

A clean file leaves a stamp named by the hash of everything its verdict rests on (.clang-tidy, the
compile command, the contents of its closure of includes; not the versions of system headers) in
$XDG_CACHE_HOME/weir/clang-tidy, where the next clone finds it too. Unit tests (*_test.cc) are left
out: Google Test's macros cost twice the time of all else and most of what is found in them is theirs.
The last line is `N passed, N failed`, in files.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

from source_tree import ROOT, closure, read

CLANG_TIDY = "clang-tidy-14"
SLOW_CHECKS = ("-*,clang-analyzer-*,bugprone-assert-side-effect,bugprone-infinite-loop,"
               "bugprone-misplaced-widening-cast,bugprone-multiple-statement-macro,"
               "bugprone-not-null-terminated-result,bugprone-signed-char-misuse,bugprone-sizeof-expression,"
               "bugprone-suspicious-semicolon,bugprone-suspicious-string-compare,bugprone-unused-raii,"
               "bugprone-unused-return-value,cppcoreguidelines-slicing,misc-definitions-in-headers,"
               "misc-unused-using-decls,performance-move-const-arg,performance-type-promotion-in-math-fn,"
               "readability-container-size-empty")
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "weir/clang-tidy"


def each_alone(entry):
    """The compile commands of the files that an entry of the database compiles as one."""
    if "/Unity/" not in entry["file"]:
        return [entry]
    files = re.findall(r'^#include "(.*)"$', pathlib.Path(entry["file"]).read_text(), re.MULTILINE)
    return [{**entry, "file": file, "command": entry["command"].replace(entry["file"], file)} for file in files]


def commands(preset):
    """Path of each compiled file of ours -> its compile command; they become clang-tidy's database."""
    build = ROOT / "build" / preset
    entries = [alone for entry in json.loads((build / "compile_commands.json").read_text())
               for alone in each_alone(entry)]
    (build / "each_alone").mkdir(exist_ok=True)
    (build / "each_alone/compile_commands.json").write_text(json.dumps(entries))
    by_path = {os.path.relpath(entry["file"], ROOT): entry["command"] for entry in entries}
    return {path: command for path, command in by_path.items()
            if path.startswith(("src/", "tests/")) and not path.endswith("_test.cc")}


def stamp(path, command, checks):
    digest = hashlib.sha256(checks.encode())
    digest.update(re.sub(r"\s+-o .*", "", command.replace(str(ROOT), "")).encode())
    for folder in reversed((ROOT / path).parents):
        settings = folder / ".clang-tidy"
        if settings.is_file() and settings.is_relative_to(ROOT):
            digest.update(settings.read_bytes())
    for part in closure(path):
        digest.update(part.encode() + b"\0" + read(part).encode() + b"\0")
    return CACHE / digest.hexdigest()


def judge(preset, path, checks, stamped):
    """What clang-tidy says about the file; empty when it is clean."""
    # The compile commands are g++'s: clang does not know all its warnings.
    command = [CLANG_TIDY, "-p", f"build/{preset}/each_alone", "--quiet", f"--checks={checks}",
               "--extra-arg=-Wno-unknown-warning-option", path]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode == 0:
        stamped.touch()
        return ""
    return run.stdout or run.stderr or f"{path}: {CLANG_TIDY} ended with {run.returncode}"


def main():
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    preset, chosen = sys.argv[1], sys.argv[2:]
    checks = ""  # those of .clang-tidy
    if "--slow" in chosen:
        chosen.remove("--slow")
        checks = SLOW_CHECKS
    CACHE.mkdir(parents=True, exist_ok=True)
    stamps = {path: stamp(path, command, checks) for path, command in commands(preset).items()
              if not chosen or path in chosen}
    todo = [path for path in stamps if not stamps[path].exists()]
    print(f"clang-tidy: {len(todo)} of {len(stamps)} files have changed since they were clean")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for said in pool.map(lambda path: judge(preset, path, checks, stamps[path]), todo):
            failed += bool(said)
            if said:
                print(said.strip(), flush=True)
    print(f"{len(stamps) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
