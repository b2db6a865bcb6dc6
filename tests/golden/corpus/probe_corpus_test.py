#!/usr/bin/env python3
"""Holds `weir-probe -r` to the corpus' captures: packets to flows to datagrams to `weir decode`.

  probe_corpus_test.py WEIR WEIR_PROBE [--all] [-v] [CASE...]

Every case must agree, but those that want the inner flow of a tunnel, which the probe does not look into: --all
runs and reports them. Cases go through NetFlow v9 and IPFIX by turns, with --all each through both. Exit 77: no corpus.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from corpus_test import SKIPPED, decode, find_corpus  # noqa: E402

VERSIONS = ("9", "10")
REVERSED = {"src": "dst", "dst": "src", "sport": "dport", "dport": "sport"}


def cases(corpus):
    with open(os.path.join(corpus, "cases.jsonl"), encoding="utf-8") as file:
        for line in file:
            case = json.loads(line)
            if case["kind"] == "probe":
                yield case


def directions(row):
    """A bidirectional row as the one or two that a probe of single directions makes."""
    forward = {key: value for key, value in row.items() if not key.startswith("rev_")}
    if not row.get("rev_packets"):
        return [forward]
    back = {REVERSED.get(key, key): value for key, value in forward.items() if key != "tcp_flags"}
    back["packets"], back["bytes"] = row["rev_packets"], row["rev_bytes"]
    return [forward, back]


def keys_of(expected):
    """Arguments for compare.py: what it must not compare, where a peer left the counters out."""
    with open(expected, encoding="utf-8") as file:
        has_counters = any("packets" in json.loads(line) for line in file)
    return [] if has_counters else ["--keys", "src,dst,sport,dport,proto"]


def write_expected(corpus, name, work):
    """The case's rows by direction, beside its meta file, where compare.py looks for both."""
    expected = os.path.join(work, "case.expected.jsonl")
    with open(os.path.join(corpus, name + ".expected.jsonl"), encoding="utf-8") as source:
        rows = [row for line in source if line.strip() for row in directions(json.loads(line))]
    with open(expected, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    with open(os.path.join(corpus, name + ".meta.json"), encoding="utf-8") as source:
        meta = source.read()
    with open(os.path.join(work, "case.meta.json"), "w", encoding="utf-8") as file:
        file.write(meta)
    return expected


def run_case(options, corpus, case, version, work):
    """(passed, what to say)"""
    name = case["case"]
    packets = os.path.join(corpus, os.path.dirname(name), case["pcap"])
    datagrams, got = os.path.join(work, "datagrams.pcap"), os.path.join(work, "got.jsonl")
    probed = subprocess.run([options.weir_probe, "-r", packets, "--to", datagrams, "--netflow", version,
                             "--active", "86400", "--inactive", "86400"], check=False,
                            capture_output=True, text=True, timeout=60)
    if probed.returncode != 0:
        return False, "weir-probe ended with %d: %s" % (probed.returncode, probed.stderr)
    if decode(options.weir, datagrams, got) != 0:
        return False, "weir decode complained"
    expected = write_expected(corpus, name, work)
    compared = subprocess.run([sys.executable, os.path.join(corpus, "compare.py"), *keys_of(expected), expected, got],
                              check=False, capture_output=True, text=True)
    return compared.returncode == 0, (compared.stdout + compared.stderr).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weir")
    parser.add_argument("weir_probe")
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
        for number, case in enumerate(cases(corpus)):
            must = not case.get("requires")
            if options.cases and case["case"] not in options.cases:
                continue
            if not (must or options.all or options.cases):
                continue
            for version in VERSIONS if options.all else VERSIONS[number % 2:number % 2 + 1]:
                good, said = run_case(options, corpus, case, version, work)
                if must:
                    passed, failed = passed + good, failed + (not good)
                if not good or options.v:
                    mark = "ok" if good else "FAIL" if must else "differs"
                    print("%s %s (version %s): %s" % (mark, case["case"], version, said[-1000:]))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
