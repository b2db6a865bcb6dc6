#!/usr/bin/env python3
"""weir-probe: what it makes of a capture whose totals are known, and of captures and collectors that are not well."""
import collections
import json
import os
import signal
import socket
import subprocess
import unittest

import network
from weir_e2e import BUILD, WEIR, free_port, main, new_folder, wait_until

PROBE = BUILD / "weir-probe"
PACKETS = BUILD / "weir-packets"


def make_packets(folder, *args):
    """(capture, its totals)"""
    capture, totals = folder / "packets.pcap", folder / "totals.json"
    subprocess.run([PACKETS, "--pcap", capture, "--totals", totals, *map(str, args)], check=True)
    return capture, json.loads(totals.read_text())


def probe(*args):
    """(exit status, what it told of itself)"""
    done = subprocess.run([PROBE, *map(str, args)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stderr


def told(report, what):
    """The number of one line of a report; 0 where the line is left out."""
    lines = [line for line in report.splitlines() if f": {what} " in line]
    return int(lines[0].rsplit(" ", 1)[1]) if lines else 0


def sums_by_protocol(rows):
    sums = collections.defaultdict(lambda: {"packets": 0, "octets": 0})
    for row in rows:
        sums[str(row["protocol"])]["packets"] += row["packets"]
        sums[str(row["protocol"])]["octets"] += row["bytes"]
    return dict(sums)


def decoded(capture):
    done = subprocess.run([WEIR, "decode", capture], capture_output=True, text=True, check=True)
    return [row for row in map(json.loads, done.stdout.splitlines()) if "kind" not in row]


class Probe(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(new_folder())

    def test_a_capture_s_totals_come_out(self):
        capture, totals = make_packets(self.folder, "--packets", 60_000, "--per-second", 1_000)
        for version in (9, 10):
            out = self.folder / f"v{version}.pcap"
            status, report = probe("-r", capture, "--to", out, "--netflow", version)
            self.assertEqual(status, 0, report)
            rows = decoded(out)
            self.assertEqual(sums_by_protocol(rows), totals["protocols"])
            self.assertEqual(told(report, "flows exported"), len(rows))
            self.assertEqual(told(report, "packets counted in flows"), totals["packets"])

    def test_version_5_says_what_it_cannot_say(self):
        capture, totals = make_packets(self.folder)
        out = self.folder / "v5.pcap"
        status, report = probe("-r", capture, "--to", out, "--netflow", 5)
        self.assertEqual(status, 0, report)
        rows = decoded(out)
        self.assertEqual(told(report, "flows exported"), len(rows))
        self.assertEqual(told(report, "flows not exported, IPv6 in NetFlow v5") + len(rows), totals["directions"])

    def test_a_full_table_loses_nothing(self):
        capture, totals = make_packets(self.folder)
        out = self.folder / "small.pcap"
        status, report = probe("-r", capture, "--to", out, "--flows", 500)
        self.assertEqual(status, 0, report)
        self.assertGreater(told(report, "flows ended for want of room"), 1_000)
        self.assertEqual(sums_by_protocol(decoded(out)), totals["protocols"])

    def test_a_damaged_capture_is_read_up_to_its_damage(self):
        capture, _ = make_packets(self.folder)
        with capture.open("ab") as file:
            file.truncate(capture.stat().st_size - 10)
        status, report = probe("-r", capture, "--to", self.folder / "out.pcap")
        self.assertEqual(status, 1)
        self.assertIn("the capture ends within a packet", report)
        self.assertEqual(told(report, "packets counted in flows"), 99_999)

    def test_nobody_at_the_collector_s_port_is_said_and_counted(self):
        capture, _ = make_packets(self.folder)
        port = free_port(socket.SOCK_DGRAM)
        status, report = probe("-r", capture, "--to", f"127.0.0.1:{port}", "--rate", 0)
        self.assertEqual(status, 0)
        self.assertIn("nobody listens", report)
        self.assertGreater(told(report, "datagrams refused, nobody listening"), 10)

    def test_what_cannot_be_had_is_said(self):
        capture, _ = make_packets(self.folder, "--packets", 10)
        out = self.folder / "out.pcap"
        for status, said, args in (
                (2, "--to", ("-r", capture)),
                (2, "-i INTERFACE or -r FILE", ("--to", out)),
                (2, "No such file", ("-r", self.folder / "none", "--to", out)),
                (2, "neither pcap nor pcapng", ("-r", PROBE, "--to", out)),
                (2, "--filter", ("-r", capture, "--to", out, "--filter", "port what")),
                (2, "HOST:PORT", ("-r", capture, "--to", "nowhere")),
                (3, "no-such-if", ("-i", "no-such-if", "--to", out)),
                (3, "No such file", ("-r", capture, "--to", "/no/such/folder/out.pcap"))):
            with self.subTest(args):
                got, report = probe(*args)
                self.assertEqual(got, status, report)
                self.assertIn(said, report)

    def test_sampling_is_told(self):
        capture, totals = make_packets(self.folder)
        out = self.folder / "out.pcap"
        self.assertEqual(probe("-r", capture, "--to", out, "--sampling", 10)[0], 0)
        rows = decoded(out)
        self.assertEqual(sum(row["packets"] for row in rows), totals["packets"] / 10)
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
        out, errors = self.folder / "out.pcap", self.folder / "errors"
        with network.Network() as net, errors.open("wb") as log:
            near = net.inside(net.near)
            process = subprocess.Popen([*near, PROBE, "-i", net.watched, "-i", "lo", "--to", out, "--filter", "udp",
                                        "--inactive", "1"], stderr=log)
            self.addCleanup(process.kill)

            def reports(what, number):
                os.kill(process.pid, signal.SIGUSR1)
                found = [line for line in errors.read_text().splitlines() if line.startswith(f"{net.watched}: {what} ")]
                return found and int(found[-1].rsplit(" ", 1)[1]) >= number

            # Before its signals are blocked SIGUSR1 would end it: its user is the last thing it changes.
            wait_until("it has become nobody", lambda: "Uid:\t65534" in status_of(process.pid))
            wait_until("its threads run", lambda: "Threads:\t3" in status_of(process.pid))
            self.assertIn("CapEff:\t0000000000002000", status_of(process.pid))
            subprocess.run([*near, "python3", "-c", SENDER], check=True)
            wait_until("the packets are seen", lambda: reports("packets counted in flows", 3_000))
            wait_until("their flow ended by itself", lambda: reports("flows exported", 1))
            subprocess.run(["ip", "-n", net.near, "link", "del", net.watched], check=True)
            wait_until("it is missed", lambda: "waiting for it to return" in errors.read_text())
            network.ip("-n", net.near, "link", "add", net.watched, "type", "veth", "peer", "name", "weir-peer")
            network.ip("-n", net.near, "link", "set", net.watched, "up")
            wait_until("it is back", lambda: "it is back" in errors.read_text())
            process.terminate()
            self.assertEqual(process.wait(30), 0)
        flows = [row for row in decoded(out) if row.get("src_port") == 999]
        self.assertEqual(sum(row["packets"] for row in flows), 3_000)
        self.assertEqual(sum(row["bytes"] for row in flows), 3_000 * 128)
        self.assertEqual({row["in_if"] for row in flows}, {row["domain"] for row in flows})
        report = errors.read_text()
        self.assertEqual(told(report, "packets dropped by the kernel"), 0)
        self.assertIn(f"{net.watched}: times the interface disappeared 1", report)


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return file.read()


if __name__ == "__main__":
    main()
