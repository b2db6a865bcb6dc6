#!/usr/bin/env python3
"""Wrong datagrams over UDP: each counted by its reason, memory bounded, the others unharmed."""
import unittest

from datagrams import RECORD, Sender, ipfix, set_of, template, v5, v9
from weir_e2e import Generator, Weir, main, new_folder, wait_until

# name -> (datagrams, reason in the ledger, how often, flows kept of them)
CASES = {
    "v5 header cut off": ([v5(1)[:20]], "HeaderTruncated", 1, 0),
    "v9 header cut off": ([v9()[:10]], "HeaderTruncated", 1, 0),
    "ipfix header cut off": ([ipfix()[:15]], "HeaderTruncated", 1, 0),
    "v5 count lies": ([v5(3, records=1)], "CountLies", 2, 1),
    "ipfix length too long": ([ipfix(set_of(2, template()), length=999)], "LengthLies", 1, 0),
    "ipfix length below the header's": ([ipfix(length=15)], "LengthLies", 1, 0),
    "ipfix set too long": (
        [ipfix(set_of(2, template()), set_of(256, RECORD), set_of(256, RECORD, length=99))],
        "SetLongerThanMessage", 1, 1),
    "v9 set too long": (
        [v9(set_of(0, template()), set_of(256, RECORD), set_of(256, RECORD, length=99))],
        "SetLongerThanMessage", 1, 1),
    "v9 set shorter than its header": (
        [v9(set_of(0, template()), set_of(256, RECORD), set_of(256, b"", length=3))],
        "SetShorterThanItsHeader", 1, 1),
    "ipfix set header cut off": ([ipfix(set_of(2, template()), set_of(256, RECORD), b"\1\0\0")],
                                 "SetHeaderTruncated", 1, 1),
    "v9 template of no octets": ([v9(set_of(0, template(fields=((8, 0), (12, 0)))))],
                                 "TemplateZeroSize", 1, 0),
    "ipfix template of no octets": ([ipfix(set_of(2, template(fields=((8, 0),))))],
                                    "TemplateZeroSize", 1, 0),
    "ipfix template cut off": ([ipfix(set_of(2, template()[:-6]))], "TemplateTruncated", 1, 0),
    "ipfix template id reserved": ([ipfix(set_of(2, template(template_id=99)))],
                                   "TemplateIdReserved", 1, 0),
    "no template": ([ipfix(set_of(300, RECORD))], "NoTemplatePending", 1, 0),
}
FLOOD_SENDERS = 3_000
FLOOD_TEMPLATES = 300     # of each
FLOOD_GROWTH_MAX_MB = 200


class BadInput(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(new_folder())
        self.weir = self.enterContext(Weir(self.folder)).start()

    def test_each_is_counted_by_its_reason(self):
        addresses = {}
        for i, (name, (datagrams, *_)) in enumerate(CASES.items()):
            addresses[name] = f"127.9.0.{i + 1}"
            with Sender(addresses[name], self.weir.udp_port) as sender:
                sender.send(*datagrams)
        wait_until("all are decoded",
                   lambda: len(self.weir.exporters().keys() & addresses.values()) == len(CASES))
        ledger = self.weir.ledger_by_exporter()
        for name, (_, reason, count, flows) in CASES.items():
            with self.subTest(name):
                of = ledger[addresses[name]]
                self.assertEqual(of["not_counted"], {reason: count})
                self.assertEqual(of["flows"], flows)
                self.assertEqual(of["records"], flows + of["options"] + of["events"] + count)

    def test_unknown_version_is_counted_before_the_journal(self):
        with Sender("127.9.1.1", self.weir.udp_port) as sender:
            sender.send(b"\0\x63 is no version", b"", b"\5")
            wait_until("they are counted",
                       lambda: self.weir.ledger()["receive"]["unknown_versions"] == 3)
        self.assertNotIn("127.9.1.1", self.weir.exporters())

    def test_flood_of_templates_from_spoofed_senders(self):
        """Memory stays bounded, and the exporter that was there before is not harmed."""
        with Generator(self.folder, self.weir.udp_port, "--protocol", "ipfix", "--rate", 20_000,
                       "--templates-every", 1_000_000) as good:
            good.send(1_000)  # its templates are known from here on
            wait_until("it is known", lambda: self.weir.datagrams() > 0)
            before_kb = self.weir.memory_kb()
            good.begin(60_000)
            self.flood()
            good.finish()
            totals = good.end()
        exporter = totals["exporters"][0]
        wait_until("the good exporter's flows are all there",
                   lambda: self.weir.exporters()[exporter["exporter"]]["flows"] == totals["flows"])
        grown_mb = (self.weir.memory_kb("VmHWM") - before_kb) / 1024
        self.assertLess(grown_mb, FLOOD_GROWTH_MAX_MB)
        reasons = self.weir.ledger()["sums"]["not_counted"]
        self.assertGreater(reasons.get("TemplatesOverCap", 0) + reasons.get("ExporterOverCap", 0), 0)
        self.assertEqual(self.weir.exporters()[exporter["exporter"]]["sequence_gap"], 0)

    def flood(self):
        fields = tuple((element % 400 + 1, 4) for element in range(40))
        datagrams = [ipfix(set_of(2, b"".join(template(first + i, fields) for i in range(6))))
                     for first in range(256, 256 + FLOOD_TEMPLATES, 6)]
        for i in range(FLOOD_SENDERS):
            with Sender(f"127.10.{i // 250}.{i % 250 + 1}", self.weir.udp_port) as sender:
                sender.send(*datagrams)
            if i % 100 == 99:  # as fast as it is decoded, so that the good exporter has its chance
                wait_until("so many are decoded",
                           lambda: self.weir.decoded_by_metrics() >= (i + 1) * len(datagrams))


if __name__ == "__main__":
    main()
