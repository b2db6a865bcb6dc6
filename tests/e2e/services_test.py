#!/usr/bin/env python3
"""A person's services file and protocols list: from the command line, and in a server that runs.

The tutorial that Weir began from lies beside the corpus, where there is one: its list is pasted as it
stands.
"""
import json
import os
import pathlib
import re
import struct
import subprocess
import unittest

from datagrams import Sender, set_of, template, v9
from weir_e2e import WEIR, UnixConnection, Weir, main, new_folder, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("WEIR_CORPUS", ROOT.parent / "shared" / "corpus"))
TUTORIAL = CORPUS.parent / "seed-netflow-ntop-tutorial.txt"
FIELDS = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (1, 4), (2, 4))  # addresses, ports, protocol, …


def flow(port, octets):
    return struct.pack(">4s4sHHBII", bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]), 50_000, port, 6,
                       octets, 1)


def run(*args):
    return subprocess.run([WEIR, *map(str, args)], capture_output=True, text=True, timeout=60)


def listed(*args):
    done = run("protocols", "list", "--format", "json", *args)
    if done.returncode != 0:
        raise AssertionError(f"exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)["protocols"]


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(new_folder())
        self.list = self.folder / "protocols.list"

    def check(self, octets, *args):
        self.list.write_bytes(octets)
        done = run("protocols", "check", self.list, *args)
        return done.returncode, done.stdout.splitlines()

    def test_check_tells_a_line_a_warning_and_by_its_exit_status(self):
        self.assertEqual(self.check(b"Web=http|443\r\nNone=-1\r\n"), (0, []))
        self.assertEqual(self.check(b"Web=http\n\n X = 99 | nonsens\nalone\n"), (1, [
            "3: nonsens: no service has this name",
            "4: alone: expected a name, = and ports, such as RDP=3389"]))

    def test_check_answers_2_where_there_is_no_list(self):
        for path in (self.folder / "absent", self.folder):
            self.assertEqual(run("protocols", "check", path).returncode, 2)
        self.assertEqual(self.check(b"A=1\n\0B=2\n")[0], 2)

    def test_names_of_a_services_file_stand_in_a_list(self):
        services = self.folder / "services"
        services.write_text("remotescan 6077/tcp scan\n")
        self.assertEqual(self.check(b"Scan=scan\n", "--services", services), (0, []))

    def test_list_has_the_order_of_the_file(self):
        self.list.write_text("B=2|x\nA=1-3\nNNTP=nnntp\nC=-1\n")
        self.assertEqual(listed("--file", self.list), [
            {"name": "B", "items": ["2"]}, {"name": "A", "items": ["1-3"]},
            {"name": "NNTP", "items": []}, {"name": "C", "items": ["-1"]}])

    def test_the_default_list_is_ntops(self):
        names = [entry["name"] for entry in listed()]
        self.assertEqual((len(names), names[0], names[-1]), (20, "FTP", "Messenger"))


def blocks_of_the_tutorial():
    """Its services lines and its list, as they stand between the fences."""
    text = TUTORIAL.read_text(encoding="utf-8-sig", errors="replace")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.M | re.S)
    services = next(block for block in blocks if "# Extra services" in block)
    protocols = next(block for block in blocks if "Default ntop protocollist" in block)
    return services, protocols


@unittest.skipUnless(TUTORIAL.exists(), f"skipped: {TUTORIAL.name} is not there")
class TheTutorial(unittest.TestCase):
    def test_is_pasted_as_it_stands(self):
        services, protocols = blocks_of_the_tutorial()
        wanted = [line.split("=")[0] for line in protocols.splitlines() if "=" in line]
        self.assertEqual(len(wanted), 36)
        with new_folder() as folder:
            (folder / "services").write_text(services)
            (folder / "list").write_text(protocols)
            for more in ([], ["--services", folder / "services"]):
                checked = run("protocols", "check", folder / "list", *more)
                self.assertEqual(checked.returncode, 1, checked.stderr)
                self.assertRegex(checked.stdout, r"\A\d+: nnntp: no service has this name.*\n\Z")
                self.assertEqual(checked.stderr, "")
                entries = listed("--file", folder / "list", *more)
                self.assertEqual([entry["name"] for entry in entries], wanted)
                without = [entry["name"] for entry in entries if not entry["items"]]
                self.assertEqual(without, ["NNTP"])

    def test_is_pasted_into_a_server_that_runs(self):
        services, protocols = blocks_of_the_tutorial()
        with new_folder() as folder, Weir(folder) as weir:
            weir.start()
            put(weir, "/api/v1/services", services)
            told = put(weir, "/api/v1/protocols", protocols)
            self.assertEqual(len(told["protocols"]), 36)
            self.assertEqual([warning["item"] for warning in told["warnings"]], ["nnntp"])
            nntp = next(entry for entry in told["protocols"] if entry["name"] == "NNTP")
            self.assertEqual(nntp["ports"], [])
            names = {one["name"] for one in weir.get("/api/v1/services")["services"] if one["own"]}
            self.assertLessEqual({"rdp", "remotescan", "dropbox"}, names)


def put(weir, path, text, status=200):
    connection = UnixConnection(weir.data / "weir.sock", timeout=60)
    try:
        connection.request("PUT", path, json.dumps({"text": text}),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != status:
            raise AssertionError(f"PUT {path}: {answer.status} {body[:500]}")
        return json.loads(body)
    finally:
        connection.close()


class AServer(unittest.TestCase):
    def apps(self, weir):
        rows = weir.query("--by", "app", "--range", "-1h..now")["rows"]
        return {row["app"]: row["bytes"] for row in rows}

    def send(self, weir, sender, *flows):
        before = weir.datagrams()
        sender.send(v9(set_of(0, template(fields=FIELDS)), set_of(256, b"".join(flows))))
        wait_until("it is decoded", lambda: weir.datagrams() == before + 1)

    def test_names_flows_by_what_holds_when_they_come(self):
        with new_folder() as folder, Weir(folder) as weir:
            weir.start()
            with Sender("127.9.0.1", weir.udp_port) as sender:
                self.send(weir, sender, flow(6077, 1))
                put(weir, "/api/v1/services", "remotescan 6077/tcp\n")
                self.send(weir, sender, flow(6077, 2), flow(443, 4))
                put(weir, "/api/v1/protocols", "Scan=remotescan\nNone=-1\n")
                self.send(weir, sender, flow(6077, 8))
            wanted = {"other-tcp": 1, "remotescan": 2, "https": 4, "Scan": 8}
            wait_until("all are there", lambda: self.apps(weir) == wanted)
            total = weir.query("--metric", "bytes", "--range", "-1h..now", "port:remotescan")
            self.assertEqual(total["totals"]["bytes"], 11)
            self.assertEqual(weir.stop(), 0)
            # Nobody serves: the folder's own files say what a name is.
            total = weir.query("--metric", "bytes", "--range", "-1h..now", "port:RemoteScan")
            self.assertEqual(total["totals"]["bytes"], 11)
            weir.start()
            self.assertEqual(self.apps(weir), wanted)
            self.assertTrue(weir.get("/api/v1/protocols")["own"])

    def test_reads_a_file_again_that_somebody_edits_and_keeps_the_last_good_one(self):
        with new_folder() as folder:
            services = folder / "my-services"
            services.write_text("scan 6077/tcp\nbad line\n")
            with Weir(folder, f'services.file = "{services}"\n') as weir:
                weir.start()
                told = weir.get("/api/v1/services")
                self.assertTrue(told["locked"])
                self.assertEqual([warning["line"] for warning in told["warnings"]], [2])
                self.assertIn(":2: ", weir.log())
                put(weir, "/api/v1/services", "x 1/tcp\n", status=400)
                services.write_text("scanner 6077/tcp\n")
                wait_until("it is read again",
                           lambda: "scanner" in weir.get("/api/v1/services")["text"])
                services.write_bytes(b"\x7fELF\x00\x01")
                wait_until("it is named", lambda: "problem" in weir.get("/api/v1/services"))
                with Sender("127.9.0.1", weir.udp_port) as sender:
                    self.send(weir, sender, flow(6077, 1))
                wait_until("the last good one holds", lambda: self.apps(weir) == {"scanner": 1})


if __name__ == "__main__":
    main()
