"""What the tests of weir-probe share: captures whose totals are known, runs of the probe, what it tells."""
import collections
import csv
import json
import os
import signal
import subprocess

from weir_e2e import BUILD, WEIR, wait_until

PROBE = BUILD / "weir-probe"
PACKETS = BUILD / "weir-packets"
FLOW = ("src", "src_port", "dst", "dst_port", "protocol")


class Capture:
    """Made-up packets; their totals by protocol, and (bytes, packets) by 5-tuple."""

    def __init__(self, folder, *args):
        self.path, totals, self.flows_path = folder / "packets.pcap", folder / "totals.json", folder / "flows.csv"
        subprocess.run([PACKETS, "--pcap", self.path, "--totals", totals, "--flows", self.flows_path,
                        *map(str, args)], check=True)
        self.totals = json.loads(totals.read_text())

    def flows(self):
        with self.flows_path.open(encoding="ascii") as file:
            return sums_by_flow(file)


def sums_by_flow(lines):
    """(bytes, packets) by 5-tuple of the lines of a CSV that has a header."""
    rows = csv.reader(lines)
    head = next(rows)
    flow, (octets, packets) = [head.index(name) for name in FLOW], map(head.index, ("bytes", "packets"))
    sums = collections.defaultdict(lambda: (0, 0))
    for row in rows:
        key = tuple(row[place] or "0" for place in flow)
        before = sums[key]
        sums[key] = (before[0] + int(row[octets]), before[1] + int(row[packets]))
    return dict(sums)


def differing(got, expected):
    """A few of the flows whose volumes differ, and how many there are: [] where all are equal."""
    flows = sorted(flow for flow in got.keys() | expected.keys() if got.get(flow) != expected.get(flow))
    few = [(flow, got.get(flow), expected.get(flow)) for flow in flows[:5]]
    return [f"{len(flows)} flows differ", *few] if flows else []


def probe(*args, timeout_s=120):
    """(exit status, what it told of itself)"""
    done = subprocess.run([PROBE, *map(str, args)], capture_output=True, text=True, timeout=timeout_s)
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


class LiveProbe:
    """A weir-probe that watches interfaces, started by root; `folder` is one that anybody may enter."""

    def __init__(self, folder, inside, interfaces, *args):
        """`inside`: what goes in front of the command, such as `ip netns exec NAME`."""
        self.log_path = folder / "probe.log"
        self.interfaces = interfaces
        watched = [part for name in interfaces for part in ("-i", name)]
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen([*inside, PROBE, *watched, *map(str, args)], stderr=log)

    def __enter__(self):
        # Before its signals are blocked SIGUSR1 would end it: its user is the last thing it changes.
        wait_until("it has become nobody", lambda: "Uid:\t65534" in self.status())
        wait_until("its threads run", lambda: f"Threads:\t{1 + len(self.interfaces)}" in self.status())
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def status(self):
        if self.process.poll() is not None:
            raise AssertionError(f"weir-probe ended with {self.process.returncode}: {self.log()}")
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return file.read()

    def log(self):
        return self.log_path.read_text()

    def tells(self, what):
        """The newest number of that line of the first interface's report; a new report is asked for."""
        os.kill(self.process.pid, signal.SIGUSR1)
        start = f"{self.interfaces[0]}: {what} "
        lines = [line for line in self.log().splitlines() if line.startswith(start)]
        return int(lines[-1][len(start):]) if lines else 0

    def stop(self):
        """SIGTERM; (exit status, the last report). One that was asked for may have come late."""
        self.process.terminate()
        status, log = self.process.wait(30), self.log()
        return status, log[log.rfind(f"{self.interfaces[0]}: packets seen "):]
