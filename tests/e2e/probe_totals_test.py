#!/usr/bin/env python3
"""Packets whose totals are known -> weir-probe -r -> weir serve: bytes and packets of every 5-tuple are equal.

WEIR_SOAK=1 takes 5 M packets of 20,000 conversations instead of 100,000 of 2,000.
"""
import os
import unittest

from probing import Capture, differing, probe, sums_by_flow, told
from weir_e2e import Weir, main, new_folder, wait_until

# Four minutes of conversations that go on, and one: told again and again, and told once.
SIZE = (("--packets", 5_000_000, "--conversations", 20_000, "--per-second", 20_000) if os.environ.get("WEIR_SOAK")
        else ("--packets", 100_000, "--conversations", 2_000, "--per-second", 1_500))
EVER = ("--range", "2023-01-01..now")


class Totals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.capture = Capture(cls.enterClassContext(new_folder()), *SIZE)

    def check(self, version):
        expected = self.capture.flows()
        with new_folder() as folder, Weir(folder) as weir:
            weir.start()
            status, report = probe("-r", self.capture.path, "--to", f"127.0.0.1:{weir.udp_port}", "--netflow", version)
            self.assertEqual(status, 0, report)
            wait_until("all is decoded", lambda: weir.datagrams() == told(report, "datagrams sent"))
            self.assertGreater(told(report, "flows exported"), len(expected))
            self.compare(weir, expected, report)
            self.assertEqual(weir.stop(), 0)
            weir.start()
            self.compare(weir, expected, report)

    def compare(self, weir, expected, report):
        answer = weir.query("--by", "protocol", "--metric", "bytes,packets,flows", *EVER)
        self.assertEqual({str(row["protocol"]): {"packets": row["packets"], "octets": row["bytes"]}
                          for row in answer["rows"]}, self.capture.totals["protocols"])
        self.assertEqual(answer["totals"]["flows"], told(report, "flows exported"))
        self.assertEqual(answer["loss"], {"sequence_gap": 0, "not_counted": 0, "minutes": 0})
        self.assertEqual(differing(sums_by_flow(weir.stream("--flows", "--format", "csv", *EVER)), expected), [])

    def test_v9(self):
        self.check(9)

    def test_ipfix(self):
        self.check(10)


if __name__ == "__main__":
    main()
