#!/usr/bin/env python3
"""Interfaces: Debian's snmpd names them, tells their speeds and counts their octets; killed, its names stay and its
state is said. WEIR_SOAK=1: what softflowd tells of iperf3's traffic equals what the interface counted; it takes three
minutes, for counters are held against flows once those must have been told."""
import contextlib
import json
import os
import subprocess
import unittest

import network
from softflowd_test import end, quietly
from weir_e2e import UnixConnection, Weir, main, new_folder, wait_until

AGENT = "127.0.0.1"  # of the near end's own loopback, as softflowd's datagrams are
PORT = 1161
OCTETS = 60_000_000
USER, PASSWORD = "weir", "correct horse"
SNMPD = f"""
agentAddress udp:{AGENT}:{PORT}
rocommunity public 127.0.0.1
createUser {USER} SHA "{PASSWORD}" AES "{PASSWORD}"
rouser {USER} priv
interface_replace_old no
"""


class Agent:
    """snmpd with a configuration of its own, in the near namespace."""

    def __init__(self, net, folder):
        self.net, self.folder = net, folder

    def __enter__(self):
        config = self.folder / "snmpd.conf"
        config.write_text(SNMPD)
        self.log = (self.folder / "snmpd.log").open("w")
        self.process = subprocess.Popen(
            [*self.net.inside(self.net.near), "snmpd", "-f", "-Lo", "-C", "-c", str(config), "-r", "-p",
             str(self.folder / "snmpd.pid")], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env={"SNMP_PERSISTENT_DIR": str(self.folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        return self

    def __exit__(self, *_):
        self.kill()
        self.log.close()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def put(weir, path, body):
    connection = UnixConnection(weir.data / "weir.sock", timeout=60)
    try:
        connection.request("PUT", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class Interfaces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        network.skip_unless_possible("snmpd", "softflowd", "softflowctl", "iperf3", "ss")

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.net = stack.enter_context(network.Network())
        self.folder = stack.enter_context(new_folder())
        self.agent = stack.enter_context(Agent(self.net, self.folder))
        self.weir = stack.enter_context(
            Weir(self.folder, config="snmp.interval = 5\n", inside=self.net.inside(self.net.near)))
        self.weir.start()
        self.stack = stack
        self.index = self.net.watched_index()

    def ask_by(self, **credentials):
        self.assertEqual(put(self.weir, f"/api/v1/exporters/{AGENT}/snmp", {"port": PORT, **credentials}), (204, ""))

    def interfaces(self, more=""):
        return self.weir.get("/api/v1/interfaces?range=-1h" + more)

    def agent_state(self):
        """Of the one agent; it is taken up within a second of the setting."""
        return next(iter(self.interfaces()["agents"]), {"state": "", "problem": ""})

    def watched(self, more=""):
        return next((one for one in self.interfaces(more)["interfaces"] if one["index"] == self.index), None)

    def test_names_come_and_stay(self):
        for credentials in ({"community": "public"},
                            {"user": USER, "auth_password": PASSWORD, "privacy_password": PASSWORD}):
            self.ask_by(**credentials)
            wait_until("the agent answers", lambda: self.agent_state()["state"] == "good")
            found = self.watched()
            self.assertEqual((found["name"], found["origin"]), (self.net.watched, "snmp"))
            self.assertEqual(found["speed_bits_per_s"], 10_000_000_000)
        for secret in (PASSWORD, "public"):
            self.assertNotIn(secret, self.weir.get_text("/api/v1/settings"))
            self.assertNotIn(secret, self.weir.get_text("/api/v1/interfaces"))
        self.assertEqual((self.weir.data / "settings.toml").stat().st_mode & 0o777, 0o600)

        self.ask_by(user=USER, auth_password="wrong horse", privacy_password=PASSWORD)
        wait_until("the wrong password is said", lambda: self.agent_state().get("problem"))
        self.ask_by(community="public")
        wait_until("the agent answers", lambda: self.agent_state()["state"] == "good")
        self.agent.kill()
        wait_until("the silence is said", lambda: self.agent_state()["state"] in ("trouble", "paused"))
        self.assertIn("says nothing", self.agent_state()["problem"])
        self.assertEqual(self.watched()["name"], self.net.watched)
        self.weir.kill()
        self.weir.start()
        self.assertEqual(self.watched()["name"], self.net.watched)

    @unittest.skipUnless(os.environ.get("WEIR_SOAK"), "WEIR_SOAK=1 runs it")
    def test_flows_equal_what_the_interface_counted(self):
        near, far = self.net.inside(self.net.near), self.net.inside(self.net.far)
        control = self.folder / "softflowd.ctl"
        flowing = self.run_aside([*near, "softflowd", "-d", "-i", f"{self.index}:{self.net.watched}", "-v", "9", "-n",
                                  f"127.0.0.1:{self.weir.udp_port}", "-c", control, "-p", self.folder / "softflowd.pid"])
        self.assertIsNone(flowing.poll())
        self.run_aside([*far, "iperf3", "-s"])
        self.ask_by(community="public")
        wait_until("the agent answers", lambda: self.agent_state()["state"] == "good")
        wait_until("iperf3 listens", lambda: subprocess.run(
            [*far, "ss", "-Hltn", "sport = :5201"], capture_output=True, text=True, check=True).stdout.strip())
        # NetFlow v9 tells the exporter's time in whole seconds: the traffic begins well after the first reading.
        first = self.agent_state()["answered"]
        wait_until("the agent was asked again", lambda: self.agent_state()["answered"] > first)
        quietly(near, ["iperf3", "-c", network.FAR, "-b", "40M", "-n", str(OCTETS)])

        def told():
            subprocess.run(["softflowctl", "-c", control, "expire-all"], capture_output=True, check=False)
            found = self.watched()
            return found and found["in_bytes"] + found["out_bytes"] > OCTETS
        wait_until("softflowd has told of it", told, timeout_s=60)
        found = wait_until("the counters are held against the flows",
                           lambda: (one := self.watched()) and one.get("counted_out_bytes", 0) > OCTETS and one,
                           timeout_s=200)  # two minutes, for the exporter's timeouts are not known
        self.assertLess(abs(found["gap"]), 0.02, found)

    def run_aside(self, command):
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        self.stack.callback(end, process)
        return process


if __name__ == "__main__":
    main()
