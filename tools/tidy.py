#!/usr/bin/env python3
"""House rules as a test: what a compiler does not see. Each rule has its own self-test below.

usage: tools/tidy.py [--self-test]

A rule takes a path and its text and yields what is wrong, one sentence each. The last line is
`N passed, N failed`, in rules.
"""
import fnmatch
import pathlib
import re
import sys

from source_tree import read, tracked

SOURCES = ("*.cc", "*.h")
LONGEST_FILE = 800

# Where a cast to octets may stand besides src/wire/bytes, and why.
MAY_REINTERPRET = {
    "tests/bench/generator/outlet.cc": "the socket API's sockaddr",
}
# Files that may be longer, and why.
MAY_BE_LONG = {}
# Tests that may wait a fixed time, and why no event can be awaited there.
MAY_SLEEP = {
    "tests/bench/generator/generate.cc": "paces what it sends",
    "tests/e2e/kill_test.py": "kills at random moments",
    "tests/e2e/weir_e2e.py": "looks again and again for an event",
}


def once(path, text):
    """A header begins with #pragma once."""
    if path.endswith(".h") and not text.startswith("#pragma once\n"):
        yield f"{path}: the first line is not `#pragma once`"


def octets_by_cast(path, text):
    """Only src/wire/bytes looks at octets as something else."""
    if path.endswith((".cc", ".h")) and not path.startswith("src/wire/bytes/") and path not in MAY_REINTERPRET:
        for number, line in enumerate(text.splitlines(), 1):
            if "reinterpret_cast" in line.split("//")[0]:
                yield f"{path}:{number}: reinterpret_cast outside src/wire/bytes (MAY_REINTERPRET in tools/tidy.py)"


def length(path, text):
    """A file someone can read in one sitting."""
    lines = text.count("\n")
    if path.endswith((".cc", ".h", ".py", ".sh")) and lines > LONGEST_FILE and path not in MAY_BE_LONG:
        yield f"{path}: {lines} lines, more than {LONGEST_FILE}"


SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|time\.sleep|sleep)\s*\(|^\s*sleep\s+[\d.$]", re.M)


def sleep(path, text):
    """A test waits for an event, not for a time."""
    if (path.startswith("tests/") or path.endswith("_test.cc")) and path not in MAY_SLEEP:
        if path.endswith((".cc", ".h", ".py", ".sh")):
            for hit in SLEEP.finditer(text):
                yield f"{path}:{text.count(chr(10), 0, hit.start()) + 1}: a fixed wait (MAY_SLEEP in tools/tidy.py)"


LEFTOVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


DANGLING = re.compile(r"for \([^;]*? : [^;()]*\([^()]*\)->[\w.>-]*\)")


def dangling_range(path, text):
    """What a range-for goes through outlives it: not a member behind a pointer that a call answers."""
    if path.endswith((".cc", ".h")):
        for number, line in enumerate(text.splitlines(), 1):
            if DANGLING.search(line):
                yield f"{path}:{number}: the loop reads behind a pointer that is gone (hold it in a variable)"


def leftover(path, text):
    """Nothing is left for later without being written where later is planned."""
    for hit in LEFTOVER.finditer(text):
        yield f"{path}: `{hit[1]}`"


MACHINE = re.compile(
    r"(?<![\w.])/(?:work|farm|root|home/\w+)/|/tmp/w" r"t\b|"
    r"https?://(?:registry\.|deb\.debian\.|security\.debian\.|ftp\.\w+\.debian\.)|registry\.npmjs|"
    r'"resolved":\s*"http')


def machine(path, text):
    """Nothing in the tree names one machine's folders or a package registry's host."""
    for hit in MACHINE.finditer(text):
        yield f"{path}: `{hit[0]}` belongs to a machine, not to the project"


PATH = re.compile(r"`([\w.*-]+(?:/[\w.*-]+)*/?)`")
FILE_ENDS = (".h", ".cc", ".md", ".py", ".sh", ".txt", ".toml", ".test")


def dead_paths(path, text):
    """A path that a document mentions exists: from the root, from src/ or beside the document."""
    if not path.endswith(".md") or path == "CHANGELOG.md":
        return
    here = pathlib.PurePath(path).parent
    files = tracked()
    tops = {file.split("/")[0] for file in files} | {file.split("/")[1] for file in files if file.startswith("src/")}
    for name in sorted({found.removeprefix("./") for found in PATH.findall(text)}):
        if not (name.endswith(FILE_ENDS) or ("/" in name and name.split("/")[0] in tops)):
            continue
        if name.startswith(("build/", "data/")) or name in ("weir.toml", "settings.toml"):
            continue
        wanted = [str(base / name).rstrip("/") for base in (pathlib.PurePath("."), pathlib.PurePath("src"), here)]
        if not any(fnmatch.fnmatch(file, want) or file.startswith(want + "/") for want in wanted for file in files):
            yield f"{path}: `{name}` does not exist"


CONSTANT = re.compile(r"`(k[A-Z]\w*)`")


def dead_constants(path, text):
    """A bound that a document names has that name in the code."""
    if path.endswith(".md"):
        for name in sorted(set(CONSTANT.findall(text))):
            if not any(re.search(rf"\b{name}\b", read(file)) for file in tracked("src/*.h", "src/*.cc")):
                yield f"{path}: no constant `{name}` in src/"


def expectation_without_capture(path, _text, files=None):
    """An expectation that no capture uses is never checked."""
    if path.startswith("tests/golden/") and path.endswith(".expected.json"):
        stem = path.removesuffix(".expected.json") + "."
        if not any(file.startswith(stem) and file != path for file in files or tracked("tests/golden")):
            yield f"{path}: no capture of that name beside it"


RULES = [once, octets_by_cast, length, sleep, dangling_range, leftover, machine, dead_paths, dead_constants,
         expectation_without_capture]


def folders_without_readme():
    """Each folder of src/ says on one page what comes in, what goes out and where to begin."""
    for folder in sorted({path.split("/")[1] for path in tracked("src") if path.count("/") > 1}):
        if f"src/{folder}/README.md" not in tracked("src"):
            yield f"src/{folder}: no README.md"
        elif read(f"src/{folder}/README.md").count("\n") > 80:
            yield f"src/{folder}/README.md: more than a page (80 lines)"


def reasons_not_explained(ledger=None, manual=None):
    """Every reason for which something is not counted is explained to the operator."""
    ledger = read("src/flow/ledger.h") if ledger is None else ledger
    manual = read("docs/operating.md") if manual is None else manual
    for name in re.findall(r"^  X\((\w+), \"", ledger, re.M):
        if f"| `{name}` |" not in manual:
            yield f"docs/operating.md: no row `{name}` (src/flow/ledger.h)"


TREE_RULES = [folders_without_readme, reasons_not_explained]


def self_test():
    """One text per rule that it must refuse, and one that it must let stand."""
    cases = [
        (once, "src/a/x.h", "#include <vector>\n", "#pragma once\n"),
        (octets_by_cast, "src/a/x.cc", "x = reinterpret_cast<int*>(y);", "// reinterpret_cast would be wrong"),
        (length, "src/a/x.cc", "\n" * 801, "\n" * 800),
        (sleep, "tests/e2e/x.py", "import time\ntime.sleep(1)\n", "wait_until(lambda: answered)\n"),
        (sleep, "src/a/x_test.cc", "std::this_thread::sleep_for(1s);", "channel.pop();"),
        (sleep, "tests/x.sh", "  sleep 1\n", "# no time to sleep in\n"),
        (dangling_range, "src/a/x.cc", "for (const auto& part : view.get()->parts) take(part);",
         "for (const auto& part : view->parts) take(part.get()->x);"),
        (leftover, "src/a/x.cc", "// TO" "DO: later", "// later"),
        (machine, "tools/x", "https://regi" "stry.npm" "js.org/x", "https://example.org/x"),
        (machine, "tools/x", "cp /wo" "rk/a .", "cp framework/a ."),
        (dead_paths, "docs/x.md", "see `tools/gone.py`", "see `tools/tidy.py` and `base/result.h`"),
        (dead_constants, "ARCHITECTURE.md", "`kGon" "eForever`", "`kMaxKnown`"),
        (expectation_without_capture, "tests/golden/ipfix/lost.expected.json", "", None),
    ]
    failed = 0
    for rule, path, wrong, right in cases:
        if not list(rule(path, wrong)) or (right is not None and list(rule(path, right))):
            print(f"self-test: {rule.__name__} misjudges the case of {path}")
            failed += 1
    kept = list(expectation_without_capture("tests/golden/a.expected.json", "", ["tests/golden/a.pcap"]))
    explained = list(reasons_not_explained('  X(Lost, "sets", "x")\n', "| `Lost` | x |"))
    missed = list(reasons_not_explained('  X(Lost, "sets", "x")\n', ""))
    failed += bool(kept) + bool(explained) + (not missed)
    return len(cases) + 3 - failed, failed


def check():
    failed = 0
    texts = {path: read(path) for path in tracked() if not path.endswith((".pcap", ".pcapng", ".bin", ".so"))
             and not path.startswith("tests/fuzz/corpus/")}
    for rule in RULES + TREE_RULES:
        if rule in TREE_RULES:
            wrong = list(rule())
        else:
            wrong = [line for path, text in texts.items() for line in rule(path, text)]
        for line in wrong:
            print(line)
        failed += bool(wrong)
    return len(RULES + TREE_RULES) - failed, failed


if __name__ == "__main__":
    passed, failed = self_test() if "--self-test" in sys.argv else check()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
