"""A network of two hosts in namespaces of their own, joined by a veth pair; needs root."""
import os
import re
import shutil
import subprocess
import unittest

NEAR, FAR = "192.0.2.1", "192.0.2.2"
NEAR_V6, FAR_V6 = "2001:db8::1", "2001:db8::2"
FILLER_PORT = 999
# softflowd 1.1.0 is given packets by libpcap only when a block of its ring is full: traffic of no
# interest follows until it has seen what came before.
FILLER = f"""
import socket
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("{NEAR}", {FILLER_PORT}))
for _ in range(2000):
    sender.sendto(b"x", ("{FAR}", {FILLER_PORT}))
"""


def why_not():
    """Why no namespace can be had here; None when one can."""
    if os.geteuid() != 0:
        return "needs root for network namespaces"
    if not shutil.which("ip"):
        return "ip (iproute2) is not installed"
    name = f"weir-try-{os.getpid()}"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if tried.returncode != 0:
        return f"no network namespaces here: {tried.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", name], check=True)
    return None


class Network:
    """Two namespaces, `near` and `far`; the veth end in `near` is what an exporter watches."""

    def __init__(self):
        self.near = f"weir-near-{os.getpid()}"
        self.far = f"weir-far-{os.getpid()}"
        self.watched = "weir-veth"

    def __enter__(self):
        try:
            self._build()
        except subprocess.CalledProcessError:
            self.__exit__()
            raise
        return self

    def _build(self):
        for name in (self.near, self.far):
            ip("netns", "add", name)
            ip("link", "set", "lo", "up", inside=name)
        self.add_link()

    def add_link(self):
        ip("link", "add", self.watched, "netns", self.near, "type", "veth", "peer", "name",
           self.watched, "netns", self.far)
        for name, v4, v6 in ((self.near, NEAR, NEAR_V6), (self.far, FAR, FAR_V6)):
            ip("addr", "add", f"{v4}/24", "dev", self.watched, inside=name)
            ip("addr", "add", f"{v6}/64", "dev", self.watched, "nodad", inside=name)
            ip("link", "set", self.watched, "up", inside=name)

    def remove_link(self):
        """Both ends are gone; one added later has another ifIndex."""
        ip("link", "del", self.watched, inside=self.near)

    def watched_index(self):
        shown = [*entering(self.near), "ip", "-o", "link", "show", self.watched]
        said = subprocess.run(shown, capture_output=True, text=True, check=True).stdout
        return int(said.split(":")[0])

    def __exit__(self, *_):
        for name in (self.near, self.far):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def inside(self, name):
        """What goes in front of a command that shall run in the namespace."""
        return entering(name)


def entering(name):
    """Not `ip netns exec`, nor `ip -n`: they mount, which fails where the root folder is no mount point."""
    return ["nsenter", f"--net=/run/netns/{name}"]


def ip(*args, inside=None):
    """In the namespace `inside`, or outside of all."""
    subprocess.run([*(entering(inside) if inside else ()), "ip", *args], check=True)


def parse_statistics(text):
    """What `softflowctl statistics` prints: counters by name, (bytes, packets) by protocol."""
    counters = {name: int(value) for name, value in re.findall(r"^([A-Z][\w ]+): (\d+)", text, re.M)}
    protocols = {int(number): (int(octets), int(packets)) for number, octets, packets
                 in re.findall(r"^ +\S+ \((\d+)\): +(\d+) +(\d+)", text, re.M)}
    exported = re.search(r"^Flows exported: (\d+) \((\d+) records\) in (\d+) packets", text, re.M)
    counters["records"], counters["datagrams"] = int(exported[2]), int(exported[3])
    return counters, protocols


def missing(*programs):
    absent = [program for program in programs if not shutil.which(program)]
    return f"not installed: {', '.join(absent)}" if absent else None


def skip_unless_possible(*programs):
    reason = missing(*programs) or why_not()
    if reason:
        raise unittest.SkipTest(reason)
