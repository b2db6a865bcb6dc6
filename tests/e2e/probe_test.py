#!/usr/bin/env python3
"""weir-probe: what it makes of a capture whose totals are known, and of captures and collectors that are not well."""
import socket
import subprocess
import unittest

import network
from probing import PROBE, Capture, LiveProbe, decoded, probe, sums_by_protocol, told
from weir_e2e import Weir, free_port, main, new_folder, wait_until


class Probe(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(new_folder())

    def test_a_capture_s_totals_come_out(self):
        capture = Capture(self.folder, "--packets", 60_000, "--per-second", 1_000)
        for version in (9, 10):
            out = self.folder / f"v{version}.pcap"
            status, report = probe("-r", capture.path, "--to", out, "--netflow", version)
            self.assertEqual(status, 0, report)
            rows = decoded(out)
            self.assertEqual(sums_by_protocol(rows), capture.totals["protocols"])
            self.assertEqual(told(report, "flows exported"), len(rows))
            self.assertEqual(told(report, "packets counted in flows"), capture.totals["packets"])

    def test_version_5_says_what_it_cannot_say(self):
        capture = Capture(self.folder)
        out = self.folder / "v5.pcap"
        status, report = probe("-r", capture.path, "--to", out, "--netflow", 5)
        self.assertEqual(status, 0, report)
        rows = decoded(out)
        self.assertEqual(told(report, "flows exported"), len(rows))
        self.assertEqual(told(report, "flows not exported, IPv6 in NetFlow v5") + len(rows), capture.totals["directions"])

    def test_a_full_table_loses_nothing(self):
        capture = Capture(self.folder)
        out = self.folder / "small.pcap"
        status, report = probe("-r", capture.path, "--to", out, "--flows", 500)
        self.assertEqual(status, 0, report)
        self.assertGreater(told(report, "flows ended for want of room"), 1_000)
        self.assertEqual(sums_by_protocol(decoded(out)), capture.totals["protocols"])

    def test_a_damaged_capture_is_read_up_to_its_damage(self):
        capture = Capture(self.folder)
        with capture.path.open("ab") as file:
            file.truncate(capture.path.stat().st_size - 10)
        status, report = probe("-r", capture.path, "--to", self.folder / "out.pcap")
        self.assertEqual(status, 1)
        self.assertIn("the capture ends within a packet", report)
        self.assertEqual(told(report, "packets counted in flows"), 99_999)

    def test_nobody_at_the_collector_s_port_is_said_and_counted(self):
        capture = Capture(self.folder)
        port = free_port(socket.SOCK_DGRAM)
        status, report = probe("-r", capture.path, "--to", f"127.0.0.1:{port}", "--rate", 0)
        self.assertEqual(status, 0)
        self.assertIn("nobody listens", report)
        self.assertGreater(told(report, "datagrams refused, nobody listening"), 10)

    def test_what_cannot_be_had_is_said(self):
        capture = Capture(self.folder, "--packets", 10)
        out = self.folder / "out.pcap"
        for status, said, args in (
                (2, "--to", ("-r", capture.path)),
                (2, "-i INTERFACE or -r FILE", ("--to", out)),
                (2, "No such file", ("-r", self.folder / "none", "--to", out)),
                (2, "neither pcap nor pcapng", ("-r", PROBE, "--to", out)),
                (2, "--filter", ("-r", capture.path, "--to", out, "--filter", "port what")),
                (2, "HOST:PORT", ("-r", capture.path, "--to", "nowhere")),
                (3, "no-such-if", ("-i", "no-such-if", "--to", out)),
                (3, "No such file", ("-r", capture.path, "--to", "/no/such/folder/out.pcap"))):
            with self.subTest(args):
                got, report = probe(*args)
                self.assertEqual(got, status, report)
                self.assertIn(said, report)

    def test_the_capture_that_is_read_is_never_written(self):
        capture = Capture(self.folder, "--packets", 10)
        before = capture.path.read_bytes()
        status, report = probe("-r", capture.path, "--to", capture.path)
        self.assertEqual(status, 2, report)
        self.assertIn("another file", report)
        self.assertEqual(capture.path.read_bytes(), before)
        self.assertEqual(probe("-r", self.folder / "none", "--to", capture.path)[0], 2)
        self.assertEqual(capture.path.read_bytes(), before)

    def test_sampling_is_told(self):
        capture = Capture(self.folder)
        out = self.folder / "out.pcap"
        self.assertEqual(probe("-r", capture.path, "--to", out, "--sampling", 10)[0], 0)
        rows = decoded(out)
        self.assertEqual(sum(row["packets"] for row in rows), capture.totals["packets"] / 10)
        self.assertEqual({row.get("sampling_rate") for row in rows}, {10})


SENDER = f"""
import socket
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("{network.NEAR}", 999))
for _ in range(3000):
    sender.sendto(bytes(100), ("{network.FAR}", 9))
"""


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        network.skip_unless_possible()

    def setUp(self):
        self.folder = self.enterContext(new_folder())
        self.folder.chmod(0o777)

    def test_an_interface_is_watched_without_root_and_waited_for(self):
        out = self.folder / "out.pcap"
        with network.Network() as net, LiveProbe(self.folder, net.inside(net.near), (net.watched, "lo"), "--to", out,
                                                 "--filter", "udp", "--inactive", 1) as watching:
            self.assertIn("CapEff:\t0000000000002000", watching.status())
            indexes = [net.watched_index()]
            self.send(net, watching, 3_000)
            wait_until("their flow ended by itself", lambda: watching.tells("flows exported") >= 1)
            net.remove_link()
            wait_until("it is missed", lambda: "waiting for it to return" in watching.log())
            net.add_link()
            indexes.append(net.watched_index())
            wait_until("it is back", lambda: "it is back" in watching.log())
            self.send(net, watching, 6_000)
            status, report = watching.stop()
            self.assertEqual(status, 0)
        self.assertNotEqual(*indexes)
        flows = [row for row in decoded(out) if row.get("src_port") == 999]
        for index in indexes:
            with self.subTest(index):
                of_it = [row for row in flows if row["in_if"] == index]
                self.assertEqual({row["domain"] for row in of_it}, {index})
                self.assertEqual(sum(row["packets"] for row in of_it), 3_000)
                self.assertEqual(sum(row["bytes"] for row in of_it), 3_000 * 128)
        self.assertEqual(told(report, "packets dropped by the kernel"), 0)
        self.assertEqual(told(report, "times the interface disappeared"), 1)

    def send(self, net, watching, until):
        subprocess.run([*net.inside(net.near), "python3", "-c", SENDER], check=True)
        wait_until("the packets are seen", lambda: watching.tells("packets counted in flows") >= until)

    def test_an_interface_that_goes_down_is_watched_again_once_it_is_up(self):
        out = self.folder / "out.pcap"
        with network.Network() as net, LiveProbe(self.folder, net.inside(net.near), (net.watched,), "--to", out,
                                                 "--filter", "udp port 999") as watching:
            self.send(net, watching, 3_000)
            for state in ("down", "up"):
                network.ip("link", "set", net.watched, state, inside=net.near)
            self.send(net, watching, 6_000)
            self.assertEqual(watching.stop()[0], 0)
        self.assertEqual(sum(row["packets"] for row in decoded(out)), 6_000)

    def test_a_collector_that_is_away_is_told_the_templates_when_it_comes(self):
        with network.Network() as net, Weir(self.folder, inside=net.inside(net.near)) as weir, \
                LiveProbe(self.folder, net.inside(net.near), (net.watched,), "--to", f"127.0.0.1:{weir.udp_port}",
                          "--inactive", 1, "--filter", "udp port 999") as watching:
            self.send(net, watching, 3_000)
            wait_until("the first flow was sent", lambda: watching.tells("flows exported") >= 1)
            self.send(net, watching, 6_000)
            wait_until("the second was refused", lambda: watching.tells("datagrams refused, nobody listening") >= 1)
            weir.start()
            self.send(net, watching, 9_000)
            status, report = watching.stop()
            self.assertEqual(status, 0)
            wait_until("the third is stored", lambda: weir.query("sport:999")["totals"].get("flows"))
            self.assertGreaterEqual(told(report, "flows exported"), 3)


if __name__ == "__main__":
    main()
