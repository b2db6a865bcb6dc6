#!/usr/bin/env python3
"""Runs named stages one after the other and adds up what they count.

usage: tools/stages.py NAME=COMMAND...

Each command's output goes through as it comes. Its last line `N passed, N failed` is what it counts;
without one it counts as one. Then the stages' times are printed, and the sums as the last line. All
stages run, also after one that failed; the exit status is 1 when any did.
"""
import re
import subprocess
import sys
import time

TOTALS = re.compile(r"^(\d+) passed, (\d+) failed$")


def run(command):
    """(passed, failed) of one stage."""
    process = subprocess.Popen(["bash", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace")
    totals = None
    for line in process.stdout:
        print(line, end="", flush=True)
        totals = TOTALS.match(line.strip()) or totals
    status = process.wait()
    passed, failed = (int(totals[1]), int(totals[2])) if totals else (int(status == 0), 0)
    return passed, max(failed, int(status != 0))


def main():
    rows = []
    for stage in sys.argv[1:]:
        name, command = stage.split("=", 1)
        print(f"== {name}: {command}", flush=True)
        began = time.monotonic()
        passed, failed = run(command)
        rows.append((name, time.monotonic() - began, passed, failed))
    print("== stages")
    for name, seconds, passed, failed in rows:
        print(f"{name:24} {int(seconds) // 60:3} min {int(seconds) % 60:2} s {passed:6} passed {failed:4} failed")
    print(f"{sum(row[2] for row in rows)} passed, {sum(row[3] for row in rows)} failed")
    return 1 if any(row[3] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
