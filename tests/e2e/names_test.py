#!/usr/bin/env python3
"""Names of addresses, with dnsmasq in another network namespace as a home's router: it lends addresses and knows their
names, its lease file is not Weir's to read, and the system's resolver knows nothing of the home."""
import json
import socket
import struct
import subprocess
import unittest

import datagrams
import network
from weir_e2e import UnixConnection, Weir, main, new_folder, wait_until

ROUTER, COLLECTOR, PORT = "192.168.77.1", "192.168.77.2", 2055

# Sends what comes on standard input, one datagram a line in hexadecimal, from the router to Weir.
EXPORTER = f"""
import socket, sys
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("{ROUTER}", 0))
for line in sys.stdin:
    sender.sendto(bytes.fromhex(line), ("{COLLECTOR}", {PORT}))
"""

# Has an address lent for a hardware address and a name, as RFC 2131 has it; prints the address.
LEASE = """
import socket, struct, sys
device, hardware, name = sys.argv[1], bytes.fromhex(sys.argv[2]), sys.argv[3].encode()
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
asking.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
asking.bind(("", 68))
asking.settimeout(20)
def ask(kind, *options):
    head = struct.pack(">BBBBIHH16s16s192sI", 1, 1, 6, 0, 77, 0, 0x8000, bytes(16), hardware, bytes(192), 0x63825363)
    chosen = [(53, bytes([kind])), (12, name), *options]
    body = b"".join(bytes([code, len(value)]) + value for code, value in chosen) + b"\\xff"
    asking.sendto(head + body, ("255.255.255.255", 67))
def answer(kind):
    while True:
        got = asking.recv(2000)
        options, at = {}, 240
        while at < len(got) and got[at] != 255:
            if got[at] == 0:
                at += 1
                continue
            options[got[at]] = got[at + 2:at + 2 + got[at + 1]]
            at += 2 + got[at + 1]
        if got[28:34] == hardware and options.get(53) == bytes([kind]):
            return got[16:20], options
ask(1)
offered, options = answer(2)
ask(3, (50, offered), (54, options[54]))
lent, _ = answer(5)
print(socket.inet_ntoa(lent))
"""

# A name server that answers every question for a name with what is no host name.
LIAR = f"""
import socket, struct
serving = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
serving.bind(("{ROUTER}", 53))
print("ready", flush=True)
while True:
    asked, sender = serving.recvfrom(2000)
    target = b"\\x08<script>\\x03lan\\x00"
    record = b"\\xc0\\x0c" + struct.pack(">HHIH", 12, 1, 60, len(target)) + target
    serving.sendto(asked[:2] + b"\\x81\\x80\\x00\\x01\\x00\\x01" + bytes(4) + asked[12:] + record, sender)
"""


def flow_of(host, sequence):
    """NetFlow v5 that tells of one flow from a server elsewhere to `host`."""
    record = struct.pack(">4s4s4sHHIIIIHHBBBBHHBBH", socket.inet_aton("198.51.100.7"), socket.inet_aton(host),
                         bytes(4), 1, 2, 10, 1_000_000, 500, 900, 443, 50_000, 0, 0x1b, 6, 0, 0, 0, 24, 24, 0)
    return datagrams.v5(1, 0, sequence) + record


class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        network.skip_unless_possible("dnsmasq")

    def setUp(self):
        self.folder = self.enterContext(new_folder())
        self.net = self.enterContext(network.Network())
        self.near, self.far = self.net.inside(self.net.near), self.net.inside(self.net.far)
        for name, address in ((self.net.near, COLLECTOR), (self.net.far, ROUTER)):
            network.ip("addr", "add", f"{address}/24", "dev", self.net.watched, inside=name)
        self.weir = self.enterContext(
            Weir(self.folder, config=f'listen = ["{COLLECTOR}:{PORT}"]\nnames.hosts = ""\n', inside=self.near))
        self.exporter = subprocess.Popen([*self.far, "python3", "-c", EXPORTER], stdin=subprocess.PIPE, text=True)
        self.addCleanup(self.end, self.exporter)
        self.sequence = 0

    @staticmethod
    def end(process):
        process.kill()
        process.communicate()

    def router(self):
        """dnsmasq, whose leases are in a folder that nobody told Weir of."""
        leases = self.folder / "router" / "leases"
        leases.parent.mkdir(exist_ok=True)
        options = ["--no-daemon", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--no-resolv", "--no-hosts",
                   "--no-ping", "--domain=lan", "--dhcp-authoritative", f"--listen-address={ROUTER}",
                   "--bind-interfaces", "--dhcp-range=192.168.77.50,192.168.77.60,2m", f"--dhcp-leasefile={leases}"]
        process = subprocess.Popen([*self.far, "dnsmasq", *options], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(self.end, process)
        wait_until("dnsmasq listens", lambda: f"{ROUTER}:53" in self.sockets("-Hltn"))
        wait_until("dnsmasq lends", lambda: ":67" in self.sockets("-Hlun"))
        return process

    def sockets(self, options):
        return subprocess.run([*self.far, "ss", options], capture_output=True, text=True, check=True).stdout

    def lend(self, name, number):
        """The address that the router lends to a device of this name."""
        done = subprocess.run([*self.near, "python3", "-c", LEASE, self.net.watched, f"0200000000{number:02x}", name],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def send_flows(self, *hosts):
        for host in hosts:
            self.exporter.stdin.write(flow_of(host, self.sequence).hex() + "\n")
            self.sequence += 1
        self.exporter.stdin.flush()

    def host(self, address):
        return self.weir.get(f"/api/v1/hosts/{address}")

    def put_name(self, address, name):
        connection = UnixConnection(self.weir.data / "weir.sock", timeout=60)
        connection.request("PUT", f"/api/v1/hosts/{address}/name", json.dumps({"name": name}),
                           {"Content-Type": "application/json"})
        self.assertEqual(connection.getresponse().status, 204)
        connection.close()

    def printed(self, address):
        done = subprocess.run([self.weir.binary, "host", address, "--data", self.weir.data], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def findings(self, state):
        return [one for one in self.weir.get("/api/v1/diagnosis")["findings"] if one["state"] == state]

    def test_a_home(self):
        router = self.router()
        nas, pc = self.lend("nas", 5), self.lend("pc", 6)
        self.weir.start()
        self.send_flows(nas, pc)
        wait_until("both have their names", lambda: "name" in self.host(nas) and "name" in self.host(pc), 60)
        self.assertEqual([self.host(one)["name"] for one in (nas, pc)], ["nas.lan", "pc.lan"])
        self.assertEqual(self.host(nas)["origin"], "dns")
        rows = self.weir.query("--by", "host", "--range", "-1h..now")["rows"]
        self.assertEqual({row["host"]: row["host_name"] for row in rows}, {nas: "nas.lan", pc: "pc.lan"})
        self.assertNotIn("host_name", self.weir.query_text("-n", "--by", "host", "--format", "csv"))

        # The router is off, and with it what it lent; the collector starts again.
        said = self.host(nas)["names"][0]["confirmed"]
        self.end(router)
        self.weir.stop()
        self.assertIn("nas.lan (dns)", self.printed(nas))
        self.weir.start()
        self.send_flows(nas, pc)
        self.assertEqual(self.host(nas)["name"], "nas.lan")
        self.assertEqual(self.host(nas)["names"][0]["confirmed"], said)

        self.put_name(nas, "Disks <b>")
        self.assertEqual(self.host(nas)["name"], "Disks <b>")
        printed = self.printed(nas)
        self.assertRegex(printed, rf"^{nas}  Disks <b> \(person\)\n")
        self.assertRegex(printed, r"\n  nas\.lan +dns +since 20\S+Z, said \d+ (s|min) ago\n")

        # It is silent for the third address, and named where people look.
        self.send_flows(*(f"192.168.77.{number}" for number in range(100, 110)))
        found = wait_until("the silence is told of", lambda: self.findings("name_server_silent"), 90)
        self.assertIn(ROUTER, " ".join(one["what"] for one in found))
        self.assertEqual(self.host(pc)["name"], "pc.lan")

    def test_a_router_that_answers_with_a_script(self):
        liar = subprocess.Popen([*self.far, "python3", "-c", LIAR], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end, liar)
        self.assertEqual(liar.stdout.readline(), "ready\n")
        self.weir.start()
        self.put_name("192.168.77.50", "Good")
        self.send_flows("192.168.77.50", "192.168.77.51")
        found = wait_until("the lie is told of", lambda: self.findings("name_not_understood"), 60)
        self.assertIn("<script>.lan", found[0]["what"])
        self.assertEqual(self.host("192.168.77.50")["name"], "Good")
        self.assertNotIn("name", self.host("192.168.77.51"))

    def test_a_lease_file_half_written_and_turned_over(self):
        leases = self.folder / "dnsmasq.leases"
        leases.write_text("1795000000 02:00:00:00:00:05 192.168.77.50 nas *\n1795000000 02:00:00:00:00:06 192.168.77.5")
        self.weir.config_path.write_text(self.weir.config_path.read_text() +
                                         f'names.dns = false\nnames.leases = ["{leases}"]\n')
        self.weir.start()
        name = lambda number: self.host(f"192.168.77.{number}").get("name")
        wait_until("the whole line is read", lambda: name(50) == "nas")
        self.assertIsNone(name(5))
        with leases.open("a") as file:
            file.write("1 pc *\n")
        wait_until("the rest of the line is read", lambda: name(51) == "pc")
        leases.rename(leases.with_suffix(".old"))
        leases.write_text("nonsense\n1795000000 02:00:00:00:00:07 192.168.77.52 tv *\n")
        wait_until("the new file is read", lambda: name(52) == "tv")
        self.assertEqual((name(50), name(51)), ("nas", "pc"))
        self.assertIn(f"{leases}, line 1", self.findings("names_file_wrong")[0]["what"])


if __name__ == "__main__":
    main()
