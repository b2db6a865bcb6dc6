#!/usr/bin/env python3
"""Checks which folder of src/ includes which: the table below, the one of ARCHITECTURE.md.

usage: tools/includes.py [--self-test]

Without arguments every file of src/ is checked; the last line is `N passed, N failed`, in files.
"""
import pathlib
import re
import sys

from source_tree import includes, read, tracked

MAY_INCLUDE = {
    "base": "",
    "wire": "base",
    "flow": "base",  # wire and flow do not know each other: octets meet flows in collect/decode
    "state": "base flow",
    "query": "base flow",
    "know": "base flow state",
    "probe": "base wire flow",
    "collect": "base wire flow state know",
    "store": "base flow query state",
    "archive": "base flow state know query store",
    "watch": "base flow state know query store",
    "serve": "base flow state know query store archive watch",
    "demo": "base wire flow",
}
MAY_INCLUDE["main"] = " ".join(MAY_INCLUDE)


def forbidden(path, text):
    """What is wrong with the includes of the file `path`, one sentence each."""
    folder = pathlib.PurePath(path).parts[1]
    if folder not in MAY_INCLUDE:
        return [f"{path}: src/{folder} is not in the table of tools/includes.py"]
    allowed = {folder, *MAY_INCLUDE[folder].split()}
    wrong = []
    for name in includes(text):
        other = name.split("/")[0]
        if "/" not in name or name.startswith("."):
            wrong.append(f'{path}: "{name}" is no path from src/')
        elif other not in allowed:
            wrong.append(f'{path}: "{name}": {folder} may include only {", ".join(sorted(allowed))}')
    return wrong


def disagreements_with_architecture(text):
    """Rows of the table in ARCHITECTURE.md (`| folder | may include |`) that differ from ours."""
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|$", text, re.M))
    ours = {folder: set(allowed.split()) for folder, allowed in MAY_INCLUDE.items()}
    theirs = {folder: set(re.findall(r"`(\w+)`", allowed.split("(")[0])) for folder, allowed in rows.items()}
    theirs["main"] = ours["main"]  # said there in one word: all
    return [f"ARCHITECTURE.md: the row of `{folder}` is not that of tools/includes.py"
            for folder in sorted(ours) if theirs.get(folder) != ours[folder]]


def self_test():
    """Shows that what must be refused is refused, and that what may stand may."""
    cases = [
        ("src/flow/x.h", '#include "wire/bytes/byte_reader.h"', 1),
        ("src/wire/x.h", '#include "flow/batch.h"', 1),
        ("src/store/x.cc", '#include "collect/datagram.h"', 1),
        ("src/query/x.cc", '#  include "store/store.h"', 1),
        ("src/store/x.cc", '#include "part.h"', 1),
        ("src/util/x.h", "", 1),
        ("src/collect/x.cc", '#include "wire/a.h"\n#include "flow/b.h"\n#include <vector>', 0),
        ("src/main/x.cc", '#include "serve/api/a.h"\n#include "collect/b.h"', 0),
    ]
    failed = [path for path, text, wrong in cases if len(forbidden(path, text)) != wrong]
    for path in failed:
        print(f"self-test: the case of {path} is not judged as it must be")
    return len(cases) - len(failed), len(failed)


def check():
    files = tracked("src/*.cc", "src/*.h")
    files = [path for path in files if len(pathlib.PurePath(path).parts) > 2]
    wrong = {path: forbidden(path, read(path)) for path in files}
    table = disagreements_with_architecture(read("ARCHITECTURE.md"))
    for line in [*table, *(line for lines in wrong.values() for line in lines)]:
        print(line)
    failed = sum(bool(lines) for lines in wrong.values()) + bool(table)
    return len(files) + 1 - failed, failed


if __name__ == "__main__":
    passed, failed = self_test() if "--self-test" in sys.argv else check()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
