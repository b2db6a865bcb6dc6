#!/usr/bin/env python3
"""Golden cases of the export protocols: what `weir decode` prints for each capture, and counts.

  golden_test.py WEIR            compare; exit 1 on any difference
  golden_test.py WEIR --write    write the expectations anew; review reads the diff
"""
import difflib
import json
import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent.parent
PROTOCOLS = ("netflow5", "netflow9", "ipfix")


def decoded(weir, capture):
    """The lines, the ledger and the exit code as the text of an expectation."""
    with tempfile.TemporaryDirectory() as work:
        ledger = pathlib.Path(work) / "ledger.json"
        done = subprocess.run([weir, "decode", "--ledger", ledger, capture], check=False,
                              capture_output=True, timeout=60)
        lines = [json.loads(line) for line in done.stdout.decode("utf-8").split("\n")[:-1]]
        counts = json.loads(ledger.read_text(encoding="utf-8"))["exporters"]
    # One flow and one exporter a line, so that a diff shows which changed.
    text = '{"exit_code": %d,\n"lines": [' % done.returncode
    text += ",".join("\n" + json.dumps(line) for line in lines)
    text += '],\n"exporters": [' + ",".join("\n" + json.dumps(row) for row in counts) + "]}\n"
    return text


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    weir, writes = sys.argv[1], sys.argv[2:] == ["--write"]
    passed, failed = 0, 0
    for protocol in PROTOCOLS:
        captures = {path.stem: path for path in (FOLDER / protocol).glob("*.pcap")}
        for path in (FOLDER / protocol).glob("*.expected.json"):
            if path.name.removesuffix(".expected.json") not in captures:
                print("%s: no capture uses it" % path)
                failed += 1
        for name, capture in sorted(captures.items()):
            expectation = capture.with_name(name + ".expected.json")
            text = decoded(weir, capture)
            if writes:
                expectation.write_text(text, encoding="utf-8")
            expected = expectation.read_text(encoding="utf-8") if expectation.exists() else ""
            if text == expected:
                passed += 1
                continue
            failed += 1
            sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), text.splitlines(True),
                                                       str(expectation), "weir decode"))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
