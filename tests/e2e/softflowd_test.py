#!/usr/bin/env python3
"""A real exporter: softflowd watches real traffic on a veth pair and exports it to Weir.

Per 5-tuple, bytes and packets equal a tcpdump of the same interface; per IP protocol they equal
`softflowctl statistics`.
"""
import contextlib
import subprocess
import unittest

import network
from capture import sums_by_flow
from weir_e2e import Weir, main, new_folder, wait_until

FILTER = "tcp or udp or icmp"  # neighbour discovery may come at any moment
PAGE_OCTETS = 3_000_000
TCP_OCTETS = 5_000_000  # iperf3 does not say how many of its UDP datagrams it sends
SINK = f"""
import socket
sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sink.bind(("{network.FAR}", {network.FILLER_PORT}))
print("bound", flush=True)
input()
"""
UNREACHABLE = f"""
import socket
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.sendto(bytes(100), ("{network.FAR}", 9))
"""


class Watched:
    """softflowd and tcpdump on the near end of a network, and the servers at its far end."""

    def __init__(self, net, folder, version, port):
        self.net, self.folder, self.version, self.port = net, folder, version, port
        self.control = folder / "softflowd.ctl"
        self.capture = folder / "tcpdump.pcap"

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        near, far = self.net.inside(self.net.near), self.net.inside(self.net.far)
        self.run(near, ["softflowd", "-d", "-i", self.net.watched, "-v", self.version, "-n",
                        f"127.0.0.1:{self.port}", "-c", self.control, "-p",
                        self.folder / "softflowd.pid", FILTER])
        self.tcpdump = self.run(near, ["tcpdump", "-U", "-B", "16384", "-i", self.net.watched, "-s",
                                       "128", "-w", self.capture, FILTER])
        self.run(far, ["iperf3", "-s"])
        (self.folder / "page").write_bytes(bytes(PAGE_OCTETS))
        self.run(far, ["python3", "-m", "http.server", "--bind", "::", "--directory", self.folder,
                       "8000"])
        sink = self.run(far, ["python3", "-c", SINK])
        wait_until("the sink is bound", sink.stdout.readline)
        wait_until("tcpdump captures", lambda: self.capture.exists())
        wait_until("softflowd obeys", lambda: self.softflowctl("statistics"))
        for port in (5201, 8000):
            wait_until(f"port {port} is served", lambda: self.is_listening(port))
        return self

    def __exit__(self, *_):
        self.stack.close()

    def run(self, inside, command):
        process = subprocess.Popen([*inside, *map(str, command)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.stack.callback(end, process)
        return process

    def is_listening(self, port):
        listed = subprocess.run([*self.net.inside(self.net.far), "ss", "-Hltn", f"sport = :{port}"],
                                capture_output=True, text=True, check=True)
        return listed.stdout.strip()

    def make_traffic(self, ipv6):
        near = self.net.inside(self.net.near)
        targets = [network.FAR] + ([network.FAR_V6] if ipv6 else [])
        for target in targets:
            url = f"http://[{target}]:8000/page" if ":" in target else f"http://{target}:8000/page"
            quietly(near, ["curl", "-sS", "-o", "/dev/null", url])
            quietly(near, ["iperf3", "-c", target, "-n", str(TCP_OCTETS)])
            quietly(near, ["iperf3", "-c", target, "-u", "-b", "20M", "-l", "1200", "-n", "2M"])
        quietly(near, ["python3", "-c", UNREACHABLE])

    def softflowctl(self, command):
        asked = subprocess.run(["softflowctl", "-c", self.control, command], capture_output=True,
                               text=True)
        return asked.stdout if asked.returncode == 0 else None

    def statistics(self):
        return network.parse_statistics(self.softflowctl("statistics"))

    def settle(self):
        """Waits until softflowd has seen all traffic so far, then has it exported."""
        seen = self.statistics()[0]["Packets received by libpcap"]

        def filled():
            quietly(self.net.inside(self.net.near), ["python3", "-c", network.FILLER])
            return self.statistics()[0]["Packets processed"] >= seen

        wait_until("softflowd has processed the traffic", filled)
        self.softflowctl("expire-all")
        end(self.tcpdump)
        return self.statistics()


def end(process):
    if process.poll() is None:
        process.terminate()
        process.wait(10)
    process.stdin.close()
    process.stdout.close()


def quietly(inside, command):
    subprocess.run([*inside, *command], check=True, stdout=subprocess.DEVNULL, timeout=60)


def flow_of(row):
    with_ports = row["protocol"] in (6, 17)  # ICMP has none; softflowd puts its type there
    return (row["src"], row["src_port"] if with_ports else 0, row["dst"],
            row["dst_port"] if with_ports else 0, row["protocol"])


class Softflowd(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        network.skip_unless_possible("softflowd", "softflowctl", "tcpdump", "iperf3", "curl", "ss")

    def check(self, version, ipv6):
        with network.Network() as net, new_folder() as folder, \
                Weir(folder, inside=net.inside(net.near)) as weir:
            weir.start()
            with Watched(net, folder, version, weir.udp_port) as watched:
                watched.make_traffic(ipv6)
                counters, protocols = watched.settle()
                wait_until("all datagrams decoded",
                           lambda: weir.datagrams() == counters["datagrams"])
                self.compare_with_capture(weir, watched.capture)
                self.compare_with_softflowd(weir, protocols)

    def compare_with_capture(self, weir, capture):
        answer = weir.query("--by", "src,src_port,dst,dst_port,protocol", "--metric",
                            "bytes,packets", "--range", "-1h..now", "--top", 10_000)
        got = {}
        for row in answer["rows"]:
            octets, packets = got.get(flow_of(row), (0, 0))
            got[flow_of(row)] = (octets + row["bytes"], packets + row["packets"])
        expected = sums_by_flow(capture)
        filler = {flow for flow in expected if flow[1] == flow[3] == network.FILLER_PORT}
        self.assertEqual(len(filler), 1)
        for flows in (got, expected):
            for flow in filler:
                flows.pop(flow, None)
        self.assertEqual(got, expected)
        self.assertGreater(sum(octets for octets, _ in expected.values()), PAGE_OCTETS + TCP_OCTETS)

    def compare_with_softflowd(self, weir, protocols):
        answer = weir.query("--by", "protocol", "--metric", "bytes,packets", "--range", "-1h..now",
                            "--top", 300)
        got = {row["protocol"]: (row["bytes"], row["packets"]) for row in answer["rows"]}
        self.assertEqual(got, protocols)

    def test_v5(self):
        self.check("5", ipv6=False)

    def test_v9(self):
        self.check("9", ipv6=True)

    def test_ipfix(self):
        self.check("10", ipv6=True)


if __name__ == "__main__":
    main()
