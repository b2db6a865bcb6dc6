#!/usr/bin/env python3
"""Holds `weir decode` to the corpus of real exporters' datagrams beside the checkout.

  corpus_test.py WEIR [--all] [-v] [CASE...]

Cases of NetFlow v5, v9 and IPFIX with trust A must agree; --all runs B and C too and reports them;
robustness cases must end with exit code 0 or 1 and print nothing invented. Exit 77: no corpus.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SKIPPED = 77
PROTOCOLS = {"NetFlow v5", "NetFlow v9", "IPFIX", "IPFIX+NetFlow v9"}
RENAMED = {"src_port": "sport", "dst_port": "dport", "protocol": "proto", "start": "first_ms",
           "end": "last_ms", "sampling_rate": "sampling"}


def find_corpus():
    return os.environ.get("WEIR_CORPUS") or os.path.join(os.path.dirname(ROOT), "shared", "corpus")


def cases(corpus):
    with open(os.path.join(corpus, "cases.jsonl"), encoding="utf-8") as file:
        for line in file:
            case = json.loads(line)
            if case["proto"] in PROTOCOLS and case["kind"] in ("export", "robustness"):
                yield case


def says_milliseconds(corpus, case):
    """Whether the case's templates carry elements 152 and 153, so that times are exact."""
    script = ("import sys; sys.path.insert(0, sys.argv[1]); import as_pcap, refdecode\n"
              "d = refdecode.Decoder()\n"
              "for g in as_pcap.load_case(sys.argv[2]): list(d.feed(g))\n"
              "t = [{i for p, i, _ in f} for f, _, o in d.tpl.values() if not o]\n"
              "sys.exit(0 if t and all({152, 153} <= x for x in t) else 1)")
    return subprocess.run([sys.executable, "-c", script, corpus, case], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


def says_whole_seconds(expected):
    """Whether the peer printed its times in seconds, whatever the record carries."""
    with open(expected, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return all(row.get(k, 0) % 1000 == 0 for row in rows for k in ("first_ms", "last_ms"))


def decode(weir, capture, out):
    """Writes the decoded flows under the corpus' names; the exit code of `weir decode`."""
    done = subprocess.run([weir, "decode", capture], check=False, capture_output=True, timeout=60)
    with open(out, "w", encoding="utf-8") as file:
        for line in done.stdout.decode("utf-8").split("\n")[:-1]:
            row = json.loads(line)
            file.write(json.dumps({RENAMED.get(k, k): v for k, v in row.items()}) + "\n")
    return done.returncode


def run_case(weir, corpus, case, work):
    """(passed, what to say)"""
    name = case["case"]
    capture, got = os.path.join(work, "case.pcap"), os.path.join(work, "got.jsonl")
    subprocess.run([sys.executable, os.path.join(corpus, "as_pcap.py"), "case", "-o", capture, name],
                   check=True)
    code = decode(weir, capture, got)
    if code not in (0, 1):
        return False, "weir decode ended with %d" % code
    rows = sum(1 for _ in open(got, encoding="utf-8"))
    if case["trust"] == "R":
        return True, "exit code %d, %d lines" % (code, rows)
    suffix = ".full.jsonl" if case["trust"] == "C" else ".expected.jsonl"
    expected = os.path.join(corpus, name + suffix)
    is_exact = says_milliseconds(corpus, name) and not says_whole_seconds(expected)
    exact = ["--tol", "0"] if is_exact else []
    if case.get("rows") == 0 and case.get("complete"):
        exact.append("--exact")
    compared = subprocess.run([sys.executable, os.path.join(corpus, "compare.py"), *exact, expected, got],
                              check=False, capture_output=True, text=True)
    return compared.returncode == 0, (compared.stdout + compared.stderr).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weir")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    corpus = find_corpus()
    if not os.path.exists(os.path.join(corpus, "cases.jsonl")):
        print("skipped: no corpus at %s (WEIR_CORPUS names another place)" % corpus)
        return SKIPPED
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as work:
        for case in cases(corpus):
            must = (case["trust"] == "A" and not case.get("requires")) or case["trust"] == "R"
            if options.cases and case["case"] not in options.cases:
                continue
            if not (must or options.all or options.cases):
                continue
            good, said = run_case(options.weir, corpus, case, work)
            if must:
                passed, failed = passed + good, failed + (not good)
            mark = "ok  " if good else "FAIL" if must else "differs"
            if not good or options.v or not must:
                print("%s %s %s (%s)%s" % (mark, case["trust"], case["case"], case["proto"],
                                          ": " + (said if options.v else said[-600:]) if options.v or not good else ""))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
