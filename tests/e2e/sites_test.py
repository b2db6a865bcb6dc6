#!/usr/bin/env python3
"""Which website: dnsmasq in another network namespace as a home's router, whose query log comes by syslog; a client that
fetches from a server known by name; softflowd as the router's exporter. The flow rows name the site, evidence dns."""
import subprocess
import unittest

import network
from weir_e2e import Weir, main, new_folder, wait_until

ROUTER, HOME, SERVER, ELSEWHERE = "192.168.78.1", "192.168.78.2", "198.51.100.7", "198.51.100.8"
NAME = "www.example.org"  # an alias of what has the server's address
SYSLOG = 5514

# Asks the router for a name and prints the address.
ASK = f"""
import socket, struct, sys
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.settimeout(20)
labels = b"".join(bytes([len(label)]) + label.encode() for label in sys.argv[1].split(".")) + b"\\0"
asking.sendto(struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + labels + struct.pack(">HH", 1, 1), ("{ROUTER}", 53))
print(socket.inet_ntoa(asking.recv(2000)[-4:]))
"""


class Sites(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        network.skip_unless_possible("dnsmasq", "logger", "softflowd", "softflowctl", "curl")

    def setUp(self):
        self.folder = self.enterContext(new_folder())
        self.net = self.enterContext(network.Network())
        self.near, self.far = self.net.inside(self.net.near), self.net.inside(self.net.far)
        for name, address in ((self.net.near, HOME), (self.net.far, ROUTER), (self.net.far, SERVER),
                              (self.net.far, ELSEWHERE)):
            network.ip("addr", "add", f"{address}/24", "dev", self.net.watched, inside=name)
        network.ip("route", "add", "198.51.100.0/24", "dev", self.net.watched, "src", HOME, inside=self.net.near)
        self.weir = self.enterContext(Weir(
            self.folder, inside=self.near,
            config=f'names.dns = false\nnames.hosts = ""\nsites.logs = []\nsites.syslog = "{HOME}:{SYSLOG}"\n'))

    def run_beside(self, inside, command, **options):
        process = subprocess.Popen([*inside, *map(str, command)], stderr=subprocess.STDOUT, **options)

        def end():
            process.kill()
            process.communicate()
        self.addCleanup(end)
        return process

    def start_router(self):
        dnsmasq = self.run_beside(self.far, [
            "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--no-resolv", "--no-hosts",
            f"--listen-address={ROUTER}", "--bind-interfaces", f"--cname={NAME},edge.example.net",
            f"--host-record=edge.example.net,{SERVER}", "--log-queries=extra", "--log-facility=-"],
            stdout=subprocess.PIPE)
        self.run_beside(self.far, ["logger", "--server", HOME, "--port", SYSLOG, "--udp", "--tag", "dnsmasq"],
                        stdin=dnsmasq.stdout)
        for address in (SERVER, ELSEWHERE):
            self.run_beside(self.far, ["python3", "-m", "http.server", "--bind", address, "--directory", self.folder,
                                       "8000"], stdout=subprocess.DEVNULL)
        wait_until("dnsmasq listens", lambda: f"{ROUTER}:53" in self.sockets())
        for address in (SERVER, ELSEWHERE):
            wait_until("the servers listen", lambda: f"{address}:8000" in self.sockets())

    def sockets(self):
        return subprocess.run([*self.far, "ss", "-Hltn"], capture_output=True, text=True, check=True).stdout

    def start_exporter(self):
        self.control = self.folder / "softflowd.ctl"
        self.run_beside(self.near, ["softflowd", "-d", "-i", self.net.watched, "-v", "9", "-n",
                                    f"127.0.0.1:{self.weir.udp_port}", "-c", self.control, "-p", self.folder / "pid",
                                    "-t", "maxlife=2", "-t", "expint=1",
                                    f"tcp or udp port {network.FILLER_PORT}"], stdout=subprocess.DEVNULL)
        wait_until("softflowd obeys", lambda: self.control.exists())

    def metric(self, name):
        lines = [line for line in self.weir.get_text("/metrics").splitlines() if line.startswith(name)]
        return float(lines[0].rsplit(" ", 1)[1]) if lines else 0

    def fetch(self, address):
        subprocess.run([*self.near, "curl", "-sS", "-o", "/dev/null", f"http://{address}:8000/"], check=True)

    def findings(self, state):
        return [one["what"] for one in self.weir.get("/api/v1/diagnosis")["findings"] if one["state"] == state]

    def test_a_client_fetches_from_a_server_known_by_name(self):
        self.weir.start()
        self.start_router()
        self.start_exporter()
        asked = subprocess.run([*self.near, "python3", "-c", ASK, NAME], capture_output=True, text=True, timeout=60)
        self.assertEqual(asked.stdout.strip(), SERVER, asked.stderr)
        wait_until("the answer was heard", lambda: self.metric("weir_sites_pairs ") == 1)
        self.fetch(SERVER)
        self.fetch(ELSEWHERE)

        def exported():
            subprocess.run([*self.near, "python3", "-c", network.FILLER], check=True)
            rows = self.weir.query("--by", "dst,site,site_evidence", "--metric", "flows", "dport:8000")["rows"]
            return {row["dst"]: (row.get("site"), row.get("site_evidence")) for row in rows}
        named = wait_until("both are exported", lambda: (found := exported()) and len(found) == 2 and found, 60)
        self.assertEqual(named, {SERVER: (NAME, "dns"), ELSEWHERE: (None, None)})

        by_filter = self.weir.query("--by", "src", "--metric", "flows", "site:example.org evidence:dns dport:8000")["rows"]
        self.assertEqual([row["src"] for row in by_filter], [HOME])
        self.assertEqual(self.weir.query("--metric", "flows", "site:example")["rows"], [{"flows": 0}])
        told = self.weir.get("/traffic/sites.json?t=-1h")["rows"]
        self.assertEqual({(row["site"], row["site_evidence"]) for row in told}, {(NAME, "dns")})
        for state in ("site_log_missing", "site_log_not_understood", "site_log_silent", "sites_cut"):
            self.assertEqual(self.findings(state), [])

    def test_what_is_wrong_with_a_log_is_said(self):
        log = self.folder / "queries.log"
        self.weir.config_path.write_text(
            self.weir.config_path.read_text().replace("sites.logs = []", f'sites.logs = ["{log}"]') +
            'sites.senders = ["203.0.113.0/24"]\n')
        self.weir.start()
        found = wait_until("it is not there", lambda: self.findings("site_log_missing"))
        self.assertIn(f"there is no {log}", found[0])
        log.write_text("<html>\n" * 30)
        found = wait_until("it is nonsense", lambda: self.findings("site_log_not_understood"), 60)
        self.assertIn(f"none of the 30 lines of {log}", found[0])
        self.assertEqual(self.findings("site_log_missing"), [])
        subprocess.run([*self.far, "logger", "--server", HOME, "--port", str(SYSLOG), "--udp", "hello"], check=True)
        found = wait_until("a stranger is refused", lambda: self.findings("site_log_silent"))
        self.assertIn("were refused, the last of 192.", found[0])


if __name__ == "__main__":
    main()
