#!/usr/bin/env python3
"""Runs the tests of a preset with ctest and counts test cases.

usage: tools/run_tests.py PRESET [--label L]... [--without L]... [--jobs N]
       tools/run_tests.py --self-test

A gtest program counts each of its cases; any other test counts as one, unless its last line says
`N passed, N failed`: then these count. What was skipped is named with its reason. The last line is
`N passed, N failed`; the exit status is 1 when anything failed or nothing ran.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOTALS = re.compile(r"^(\d+) passed, (\d+) failed$")


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("preset")
    parser.add_argument("--label", action="append", default=[])
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    return parser.parse_args()


def run_ctest(args, results):
    """Runs ctest, which prints as it goes; returns the path of its JUnit file."""
    junit = results / "ctest.xml"
    junit.unlink(missing_ok=True)
    command = ["ctest", "--preset", args.preset, "--output-on-failure", "-j", str(args.jobs),
               "--output-junit", str(junit), "--test-output-size-passed", "1000000",
               "--test-output-size-failed", "1000000"]
    if args.label:  # several -L would mean tests that have all of them
        command += ["-L", "^(" + "|".join(args.label) + ")$"]
    if args.without:
        command += ["-LE", "^(" + "|".join(args.without) + ")$"]
    subprocess.run(command, cwd=ROOT, check=False)
    return junit


def gtest_cases(output):
    """(passed, failed, skipped with reason) of a gtest program's output."""
    skipped = [f"{name}: {reason.strip() or 'no reason given'}" for reason, name in re.findall(
        r"Skipped\n(.*?)\[  SKIPPED \] (\S+) \(", output, re.S)]
    return (len(re.findall(r"\[       OK \] \S+.*\(\d+ ms\)", output)),
            len(re.findall(r"\[  FAILED  \] \S+.*\(\d+ ms\)", output)), skipped)


def script_cases(output):
    """(passed, failed, skipped with reason) of a test that is no gtest program."""
    lines = output.strip().splitlines()
    totals = TOTALS.match(lines[-1].strip()) if lines else None
    skipped = [line.removeprefix("skipped: ") for line in lines if line.startswith("skipped: ")]
    return (int(totals[1]), int(totals[2]), skipped) if totals else (None, 0, skipped)


def count(junit):
    passed, failed, skipped = 0, 0, []
    for case in xml.parse(junit).getroot().iter("testcase"):
        name, output = case.get("name"), case.findtext("system-out") or ""
        if case.find("skipped") is not None:
            skipped.append(f"{name}: {(output.strip().splitlines() or ['no reason given'])[-1]}")
            continue
        cases = gtest_cases if "[==========] Running" in output else script_cases
        its_passed, its_failed, its_skipped = cases(output)
        if case.get("status") == "fail":
            its_failed = max(its_failed, 1)
        elif its_passed is None:
            its_passed = 1
        passed, failed = passed + (its_passed or 0), failed + its_failed
        skipped += its_skipped
    return passed, failed, skipped


def self_test():
    """Whether outputs are counted as a person would."""
    gtest = ("[==========] Running 4 tests\n[       OK ] A.B (0 ms)\n[       OK ] A.C/1, where GetParam() = 3 (1 ms)\n"
             "x_test.cc:3: Skipped\nno root\n[  SKIPPED ] A.D (0 ms)\n[  FAILED  ] A.E (2 ms)\n"
             "[  PASSED  ] 2 tests.\n[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.E\n")
    cases = [gtest_cases(gtest) == (2, 1, ["A.D: no root"]),
             script_cases("skipped: x: no root\n3 passed, 1 failed\n") == (3, 1, ["x: no root"]),
             script_cases("all is well\n") == (None, 0, [])]
    print(f"{cases.count(True)} passed, {cases.count(False)} failed")
    return 0 if all(cases) else 1


def main():
    if "--self-test" in sys.argv:
        return self_test()
    args = arguments()
    results = ROOT / "build" / args.preset / "test-results"
    results.mkdir(parents=True, exist_ok=True)
    passed, failed, skipped = count(run_ctest(args, results))
    for line in skipped:
        print(f"skipped: {line}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
