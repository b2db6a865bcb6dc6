#!/usr/bin/env python3
"""Generator -> weir serve -> weir query: totals per source, minute and exporter are equal.

WEIR_SOAK=1 sends for 60 s instead of 3; WEIR_SECONDS says how long. Nothing may be lost. A machine that
has too much else to do may lose datagrams all the same, so that each case is tried up to ATTEMPTS times:
a try that lost some must show it, as drops and as gaps, and is printed.
"""
import collections
import csv
import os
import unittest

from weir_e2e import PROTOCOLS, Weir, generate, main, new_folder, wait_until

SECONDS = int(os.environ.get("WEIR_SECONDS", "0")) or (60 if os.environ.get("WEIR_SOAK") else 3)
RATE = 100_000
VOLUME = ("bytes", "packets", "flows")
TOP_MAX = 10_000
ATTEMPTS = 3


def volume(row):
    return tuple(row[name] for name in VOLUME)


def volumes(rows, key):
    return {row[key]: volume(row) for row in rows}


def added_up(some_volumes):
    return tuple(map(sum, zip(*some_volumes))) or (0, 0, 0)


class Totals(unittest.TestCase):
    maxDiff = 2000

    def check(self, protocol, exporters):
        lost = [self.attempt(protocol, exporters)]
        while lost[-1] > 0 and len(lost) < ATTEMPTS:
            lost.append(self.attempt(protocol, exporters))
        if lost[0] > 0:
            print(f"{protocol} from {exporters}: datagrams dropped in each try: {lost}")
        self.assertEqual(lost[-1], 0)

    def attempt(self, protocol, exporters):
        """How many datagrams were dropped; where none were, all totals are equal."""
        with new_folder() as folder, Weir(folder) as weir:
            weir.start()
            sent = generate(folder, weir.udp_port, "--protocol", protocol, "--rate", RATE,
                            "--seconds", SECONDS, "--exporters", exporters, "--templates", 3,
                            "--ipv6", 0 if protocol == "v5" else 10)
            self.assertEqual(sent["refused"], 0)
            wait_until("all datagrams are decoded or dropped",
                       lambda: weir.datagrams() + weir.dropped() == sent["datagrams"])
            dropped = weir.dropped()
            if dropped > 0:
                self.check_loss_shows(weir, sent)
                return dropped
            self.compare(weir, sent, "while they are hot")
            self.assertEqual(weir.stop(), 0)
            weir.start()
            self.compare(weir, sent, "from sealed parts")
            return 0

    def check_loss_shows(self, weir, sent):
        """Whatever is missing is a gap, but for what came last: no later sequence tells of that."""
        ledger = weir.ledger_by_exporter()
        for exporter in sent["exporters"]:
            of = ledger[exporter["exporter"]]
            self.assertEqual(of["sequence_sent"], of["sequence_received"] + of["sequence_gap"])
            self.assertLessEqual(of["sequence_sent"], exporter["sequence"])

    def compare(self, weir, sent, when):
        begin, end = sent["minutes"][0]["time"], sent["minutes"][-1]["time"] + 60_000
        asked = ("--range", f"{begin}..{end}", "--top", TOP_MAX, "--metric", ",".join(VOLUME))
        with self.subTest(when=when, by="exporter"):
            answer = weir.query("--by", "exporter", *asked)
            self.assertEqual(volumes(answer["rows"], "exporter"),
                             volumes(sent["exporters"], "exporter"))
            self.assertEqual(volume(answer["totals"]), volume(sent))
            self.assertTrue(answer["exact"])
            self.assertEqual(answer["loss"], {"sequence_gap": 0, "not_counted": 0, "minutes": 0})
        with self.subTest(when=when, by="minute"):
            answer = weir.query("--step", "1m", *asked)
            self.assertEqual(volumes(answer["rows"], "time"), volumes(sent["minutes"], "time"))
        with self.subTest(when=when, by="source, the busiest"):
            self.compare_top_sources(weir.query("--by", "src", *asked), sent)
        with self.subTest(when=when, by="source, all"):
            self.assertEqual(sums_of_flows(weir, f"{begin}..{end}"), volumes(sent["sources"], "src"))

    def compare_top_sources(self, answer, sent):
        """The busiest TOP_MAX sources have their rows, and the others their sum."""
        sources = volumes(sent["sources"], "src")
        got = volumes(answer["rows"], "src")
        self.assertEqual(got, {source: sources[source] for source in got})
        self.assertEqual(len(got), min(TOP_MAX, len(sources)))
        others = [sources[source] for source in sources if source not in got]
        self.assertEqual(volume(answer["rest"]), added_up(others))
        self.assertEqual(answer["rest"]["groups"], len(others))
        if others:
            self.assertLessEqual(max(each[0] for each in others),
                                 min(each[0] for each in got.values()))


def sums_of_flows(weir, time_range):
    """What the flows themselves, as CSV, add up to by source."""
    rows = csv.reader(weir.stream("--flows", "--format", "csv", "--range", time_range))
    src, octets, packets = map(next(rows).index, ("src", "bytes", "packets"))
    sums = collections.defaultdict(lambda: [0, 0, 0])
    for row in rows:
        into = sums[row[src]]
        into[0] += int(row[octets])
        into[1] += int(row[packets])
        into[2] += 1
    return {source: tuple(counts) for source, counts in sums.items()}


def add(protocol, exporters):
    name = f"test_{protocol}_from_{exporters}_exporter{'s' if exporters > 1 else ''}"
    setattr(Totals, name, lambda self: self.check(protocol, exporters))


for each in PROTOCOLS:
    add(each, 1)
    add(each, 60)

if __name__ == "__main__":
    main()
