#!/usr/bin/env python3
"""weir-probe beside foreign programs: tshark, softflowd and nfcapd say the same of a capture and of its flows.

WEIR_SOAK=1 has nfcapd take the flows of 5 M packets of 20,000 conversations instead of 100,000 of 2,000.
"""
import os
import socket
import subprocess
import unittest

import network
from probing import Capture, decoded, differing, probe, sums_by_flow, sums_by_protocol, told
from weir_e2e import free_port, main, new_folder, receive_queue, wait_until

SIZE = (("--packets", 5_000_000, "--conversations", 20_000, "--per-second", 20_000) if os.environ.get("WEIR_SOAK")
        else ("--packets", 100_000, "--conversations", 2_000, "--per-second", 1_500))
BUFFER_OCTETS = 16 << 20
ICMP = ("1", "58")


def tshark(*args):
    return subprocess.run(["tshark", *map(str, args)], capture_output=True, text=True, check=True).stdout


def sums_by_tshark(path):
    """Packets and IP octets by protocol."""
    rows = tshark("-r", path, "-o", "ip.check_checksum:FALSE", "-T", "fields", "-e", "ip.proto", "-e", "ip.len", "-e",
                  "ipv6.nxt", "-e", "ipv6.plen")
    sums = {}
    for row in rows.splitlines():
        protocol, octets, protocol_v6, payload_v6 = row.split("\t")
        of = sums.setdefault(protocol or protocol_v6, {"packets": 0, "octets": 0})
        of["packets"] += 1
        of["octets"] += int(octets) if octets else 40 + int(payload_v6)
    return sums


def sums_by_softflowd(path, folder):
    done = subprocess.run(["softflowd", "-r", path, "-v", "9", "-n", "127.0.0.1:9", "-m", "100000", "-6", "-p",
                           folder / "pid", "-c", "none"], capture_output=True, text=True)
    _, protocols = network.parse_statistics(done.stdout + done.stderr)
    return {str(number): {"packets": packets, "octets": octets} for number, (octets, packets) in protocols.items()}


def as_row(line):
    """A line of nfdump's with nothing between commas but values; ICMP has no ports."""
    values = [value.strip() for value in line.split(",")]
    if values[4] in ICMP:
        values[3] = "0"
    return ",".join(values)


class Peers(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(new_folder())

    def needs(self, *programs):
        reason = network.missing(*programs)
        if reason:
            self.skipTest(reason)

    def test_tshark_reads_what_is_exported(self):
        self.needs("tshark")
        capture = Capture(self.folder, "--packets", 50_000)
        for version in (5, 9, 10):
            with self.subTest(version):
                out = self.folder / f"v{version}.pcap"
                status, report = probe("-r", capture.path, "--to", out, "--netflow", version, "--sampling", 2)
                self.assertEqual(status, 0, report)
                self.assertEqual(tshark("-r", out, "-d", "udp.port==2055,cflow", "-Y", "_ws.malformed || _ws.expert"), "")
                self.assertEqual(len(tshark("-r", out, "-d", "udp.port==2055,cflow", "-Y", "cflow").splitlines()),
                                 told(report, "datagrams sent"))

    def test_tshark_and_softflowd_find_the_same_totals(self):
        self.needs("tshark", "softflowd")
        capture = Capture(self.folder, "--packets", 50_000)
        out = self.folder / "out.pcap"
        self.assertEqual(probe("-r", capture.path, "--to", out)[0], 0)
        ours = sums_by_protocol(decoded(out))
        self.assertEqual(ours, capture.totals["protocols"])
        self.assertEqual(sums_by_tshark(capture.path), ours)
        self.assertEqual(sums_by_softflowd(capture.path, self.folder), ours)

    def test_nfcapd_has_every_5_tuple_s_totals(self):
        self.needs("nfcapd", "nfdump")
        capture = Capture(self.folder, *SIZE)
        expected = capture.flows()
        for version in (9, 10):
            with self.subTest(version):
                self.assertEqual(differing(self.sums_by_nfcapd(capture, version), expected), [])

    def sums_by_nfcapd(self, capture, version):
        port, into, log_path = free_port(socket.SOCK_DGRAM), self.folder / f"nfcapd{version}", self.folder / "nfcapd.log"
        into.mkdir()
        with log_path.open("wb") as log:
            nfcapd = subprocess.Popen(["nfcapd", "-w", into, "-p", str(port), "-b", "127.0.0.1", "-B", str(BUFFER_OCTETS),
                                       "-t", "86400"], stdout=log, stderr=log)
        self.addCleanup(nfcapd.kill)
        wait_until("nfcapd listens", lambda: receive_queue(port) is not None)
        status, report = probe("-r", capture.path, "--to", f"127.0.0.1:{port}", "--netflow", version)
        self.assertEqual(status, 0, report)
        wait_until("nfcapd has read all", lambda: receive_queue(port) == 0)
        nfcapd.terminate()
        self.assertEqual(nfcapd.wait(30), 0)
        said = log_path.read_text()
        self.assertIn(f"Flows: {told(report, 'flows exported')},", said)
        if version == 9:  # in IPFIX nfcapd 1.7 does not count records of options, as RFC 7011 section 3.1 does
            self.assertIn("Sequence Errors: 0", said)
        rows = subprocess.run(["nfdump", "-R", into, "-q", "-N", "-6", "-A", "srcip,srcport,dstip,dstport,proto", "-o",
                               "fmt:%sa,%sp,%da,%dp,%pr,%byt,%pkt"], capture_output=True, text=True, check=True).stdout
        return sums_by_flow(["src,src_port,dst,dst_port,protocol,bytes,packets", *map(as_row, rows.splitlines())])


if __name__ == "__main__":
    main()
