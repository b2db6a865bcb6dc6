#!/usr/bin/env python3
"""What the built program answers: addresses keep all their bits on every way, and errors say where."""
import csv
import io
import ipaddress
import json
import struct
import subprocess
import unittest

from datagrams import Sender, ipfix, set_of, template, v9
from weir_e2e import WEIR, UnixConnection, Weir, main, new_folder, wait_until

FIELDS = ((27, 16), (28, 16), (1, 4), (2, 4))  # IPv6 source and destination, octets, packets
TARGET = "2001:db8:ffff::53"
# Octets of the flow from each; an IPv4-mapped address is the IPv4 address.
SOURCES = {"2001:db8::1": 10, "2001:db8::2": 20, "::ffff:10.0.0.1": 40,
           "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": 80}
SHOWN = {("10.0.0.1" if source == "::ffff:10.0.0.1" else source): octets
         for source, octets in SOURCES.items()}
INPUT_WRONG = 2


def record(source, octets):
    return (ipaddress.IPv6Address(source).packed + ipaddress.IPv6Address(TARGET).packed +
            struct.pack(">II", octets, 1))


def records():
    return b"".join(record(source, octets) for source, octets in SOURCES.items())


def run(*args):
    return subprocess.run([WEIR, *map(str, args)], capture_output=True, text=True, timeout=60)


class Addresses(unittest.TestCase):
    def test_of_ipv6_keep_all_their_bits(self):
        exports = {"v9": v9(set_of(0, template(fields=FIELDS)), set_of(256, records())),
                   "ipfix": ipfix(set_of(2, template(fields=FIELDS)), set_of(256, records()))}
        for protocol, datagram in exports.items():
            with self.subTest(protocol), new_folder() as folder, Weir(folder) as weir:
                weir.start()
                with Sender("127.9.0.1", weir.udp_port) as sender:
                    sender.send(datagram)
                wait_until("it is decoded", lambda: weir.datagrams() == 1)
                self.check(weir, "while they are hot")
                self.check_decode(next((weir.data / "journal").glob("*.pcap")))
                self.assertEqual(weir.stop(), 0)
                self.assertEqual(len(list((weir.data / "flows").rglob("*.parquet"))), 1)
                weir.start()
                self.check(weir, "from a part")

    def check(self, weir, when):
        asked = ("--range", "-1h..now")
        with self.subTest(when=when, format="json"):
            rows = weir.query("--by", "src,dst", "--metric", "bytes,flows", *asked)["rows"]
            self.assertEqual({row["src"]: row["bytes"] for row in rows}, SHOWN)
            self.assertEqual({(row["dst"], row["flows"]) for row in rows}, {(TARGET, 1)})
        with self.subTest(when=when, format="csv"):
            rows = csv.DictReader(io.StringIO(weir.query_text("--flows", "--format", "csv", *asked)))
            self.assertEqual({row["src"]: int(row["bytes"]) for row in rows}, SHOWN)
        for source, octets in SOURCES.items():
            with self.subTest(when=when, filter=source):
                totals = weir.query("--metric", "bytes,flows", *asked, f"src:{source}")["totals"]
                self.assertEqual((totals["bytes"], totals["flows"]), (octets, 1))

    def check_decode(self, segment):
        decoded = run("decode", segment)
        self.assertEqual(decoded.returncode, 0, decoded.stderr)
        flows = [json.loads(line) for line in decoded.stdout.splitlines()]
        self.assertEqual({flow["src"]: flow["bytes"] for flow in flows}, SHOWN)
        self.assertEqual({flow["dst"] for flow in flows}, {TARGET})


class Errors(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(new_folder())

    def test_of_a_filter_say_where_and_what_was_expected(self):
        with Weir(self.folder) as weir:
            weir.start()
            for text, where, hint in (("port:99999999", 6, ""), ("src:10/8 prot==6", 10, "bytes:>1M"),
                                      ("(proto:tcp", 1, "")):
                with self.subTest(text):
                    for done in (run("filter", text), run("query", "--data", weir.data, text)):
                        self.assertEqual((done.returncode, done.stdout), (INPUT_WRONG, ""))
                        self.assertIn(f"filter, character {where}: expected ", done.stderr)
                        self.assertIn(hint, done.stderr)
                        # The mark stands below the character.
                        lines = done.stderr.splitlines()
                        self.assertEqual(lines[2].index("^"), 2 + where - 1)
                        self.assertEqual(lines[1].strip(), text)
                    self.check_api(weir, text, where, hint)
            self.assertTrue(weir.serves())

    def check_api(self, weir, text, where, hint):
        connection = UnixConnection(weir.data / "weir.sock", timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", f"/api/v1/query?by=src&filter={text.replace(' ', '%20')}")
        answer = connection.getresponse()
        error = json.loads(answer.read())["error"]
        self.assertEqual(answer.status, 400)
        self.assertEqual(error["where"], f"filter, character {where}")
        self.assertIn(hint, error["hint"])

    def test_of_settings_say_file_line_and_what_was_expected(self):
        for text, where, expected in (
                ("\nlisten_to = 5\n", "weir.toml:2: ", "did you mean listen?"),
                ('store.budget = "a lot"\n', "weir.toml:1: store.budget: expected ", "50GB"),
                ('\n\nlisten = ["here"]\n', "weir.toml:3: listen", "expected "),
                ("http = [\n", "weir.toml:1: ", "not TOML")):
            path = self.folder / "weir.toml"
            path.write_text(text)
            for command in (("config", "check", path),
                            ("serve", "--config", path, "--data", self.folder / "data")):
                with self.subTest(text, command=command[0]):
                    done = run(*command)
                    self.assertEqual(done.returncode, INPUT_WRONG)
                    self.assertIn(where, done.stderr)
                    self.assertIn(expected, done.stderr)
        self.assertFalse((self.folder / "data").exists())


if __name__ == "__main__":
    main()
