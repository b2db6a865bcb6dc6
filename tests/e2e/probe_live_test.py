#!/usr/bin/env python3
"""weir-probe on a veth pair: what iperf3 and tcpreplay send is in Weir to the packet and octet, by 5-tuple.

iperf3's traffic is compared with tcpdump's capture of the same interface, tcpreplay's with the totals of the
capture that it sends. The kernel drops nothing at RATE packets a second.
"""
import struct
import subprocess
import unittest

import capture as captures
import network
from probing import Capture, LiveProbe, differing, sums_by_flow, told
from weir_e2e import Weir, main, new_folder, wait_until

RATE = 100_000
PACKETS = 300_000
TCP_OCTETS = 100_000_000
REPLAYED = "net 10.0.0.0/8 or ip6 net 2001:db8::a00:0/112"
MARKS, MARK_PORT = 3_000, 999
# Packets come out of a capture's ring by the block: those that matter are followed by these.
MARKER = f"""
import socket
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("{network.NEAR}", {MARK_PORT}))
for _ in range({MARKS}):
    sender.sendto(bytes(1000), ("{network.FAR}", {MARK_PORT}))
"""


def run(inside, *command):
    return subprocess.run([*inside, *map(str, command)], check=True, capture_output=True, text=True, timeout=120)


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        network.skip_unless_possible("iperf3", "tcpreplay", "tcpdump")

    def setUp(self):
        self.folder = self.enterContext(new_folder())
        self.folder.chmod(0o777)
        self.net = self.enterContext(network.Network())
        self.near, self.far = self.net.inside(self.net.near), self.net.inside(self.net.far)
        self.weir = self.enterContext(Weir(self.folder, inside=self.near))
        self.weir.start()

    def watch(self, packets):
        return self.enterContext(LiveProbe(self.folder, self.near, (self.net.watched,), "--to",
                                           f"127.0.0.1:{self.weir.udp_port}", "--filter", packets))

    def flows_after(self, watching):
        """What Weir has of it once the probe has ended."""
        status, report = watching.stop()
        self.assertEqual(status, 0, report)
        self.assertEqual(told(report, "packets dropped by the kernel"), 0)
        wait_until("all is decoded", lambda: self.weir.datagrams() == told(report, "datagrams sent"))
        return sums_by_flow(self.weir.stream("--flows", "--format", "csv", "--range", "-1h..now"))

    def test_iperf3(self):
        path, packets = self.folder / "tcpdump.pcap", f"(tcp or udp) and host {network.FAR}"
        watching = self.watch(packets)
        tcpdump = self.started(self.near, "tcpdump", "-U", "-B", 65_536, "-i", self.net.watched, "-s", 128, "-w", path, packets)
        server = self.started(self.far, "iperf3", "-s")
        wait_until("tcpdump captures", lambda: path.exists() and path.stat().st_size >= 24)
        wait_until("iperf3 listens", lambda: ":5201" in run(self.far, "ss", "-Hltn").stdout)
        run(self.near, "iperf3", "-c", network.FAR, "-n", TCP_OCTETS)
        run(self.near, "iperf3", "-c", network.FAR, "-u", "-b", "200M", "-n", TCP_OCTETS // 10)
        run(self.near, "python3", "-c", MARKER)

        def both_have_all():
            seen = sums_by_tcpdump(path)
            return (seen.get(MARK, (0, 0))[1] == MARKS and
                    watching.tells("packets counted in flows") == sum(count for _, count in seen.values()))

        wait_until("both have seen the last packet", both_have_all)
        for process in (tcpdump, server):
            process.terminate()
            process.wait(10)
        self.assertEqual(differing(self.flows_after(watching), sums_by_tcpdump(path)), [])

    def started(self, inside, *command):
        process = subprocess.Popen([*inside, *map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        return process

    def test_tcpreplay(self):
        # Whole frames: what is sent is what was captured.
        capture = Capture(self.folder, "--packets", PACKETS, "--payload-max", 22)
        watching = self.watch(REPLAYED)
        run(self.far, "tcpreplay", "-q", "-K", "-i", self.net.watched, "--pps", RATE, capture.path)
        wait_until("all were seen", lambda: watching.tells("packets counted in flows") == PACKETS)
        self.assertEqual(differing(self.flows_after(watching), capture.flows()), [])


MARK = (network.NEAR, str(MARK_PORT), network.FAR, str(MARK_PORT), "17")


def sums_by_tcpdump(path):
    """As of the packets that are whole in the file by now."""
    try:
        sums = captures.sums_by_flow(path)
    except struct.error:
        return {}
    return {tuple(map(str, flow)): volume for flow, volume in sums.items()}


if __name__ == "__main__":
    main()
