#!/usr/bin/env python3
"""tshark reads what the generator sends and what the journal keeps, and finds nothing wrong."""
import subprocess
import unittest

import network
from weir_e2e import PROTOCOLS, WEIR, Weir, generate, main, new_folder, wait_until

FLOWS = 5_000


def tshark(path, port, *args):
    done = subprocess.run(["tshark", "-r", path, "-d", f"udp.port=={port},cflow", *args],
                          capture_output=True, text=True, check=True)
    return done.stdout


class Tshark(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = network.missing("tshark")
        if reason:
            raise unittest.SkipTest(reason)

    def setUp(self):
        self.folder = self.enterContext(new_folder())

    def check(self, path, port, datagrams):
        self.assertEqual(tshark(path, port, "-Y", "_ws.malformed || _ws.expert"), "")
        self.assertEqual(len(tshark(path, port, "-Y", "cflow").splitlines()), datagrams)

    def test_the_generator(self):
        for protocol in PROTOCOLS:
            with self.subTest(protocol):
                path = self.folder / f"{protocol}.pcap"
                sent = generate(self.folder, 2055, "--protocol", protocol, "--flows", FLOWS,
                                "--templates", 20, "--sampling", 100, "--ipv6",
                                0 if protocol == "v5" else 20, "--pcap", path)
                self.check(path, 2055, sent["datagrams"])

    def test_the_journal(self):
        with Weir(self.folder) as weir:
            weir.start()
            datagrams = 0
            for i, protocol in enumerate(PROTOCOLS):
                datagrams += generate(self.folder, weir.udp_port, "--protocol", protocol, "--flows",
                                      FLOWS, "--first-exporter", i)["datagrams"]
            wait_until("all is decoded", lambda: weir.datagrams() == datagrams)
            weir.kill()
            segments = list((weir.data / "journal").glob("*.pcap"))
            self.assertEqual(len(segments), 1)
            self.check(segments[0], weir.udp_port, datagrams)
            decoded = subprocess.run([WEIR, "decode", segments[0]], capture_output=True, text=True,
                                     check=True).stdout
            self.assertEqual(len(decoded.splitlines()), FLOWS * len(PROTOCOLS))


if __name__ == "__main__":
    main()
