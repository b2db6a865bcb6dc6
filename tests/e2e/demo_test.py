#!/usr/bin/env python3
"""The demo network: what a server makes of it is what the generator says, by host, application and hour; the
demo touches nothing but its own folder, and can be left.
"""
import collections
import http.client
import json
import subprocess
import socket
import unittest

from weir_e2e import WEIR, Weir, free_port, main, new_folder, read_status, wait_until

VOLUME = ("bytes", "packets", "flows")
HOUR_MS = 3_600_000
TELLING_MS = 120_000  # what a router has not told of a flow this long after its end, it never does
SEED = 3
NO_LOSS = {"sequence_gap": 0, "not_counted": 0, "minutes": 0}


def volume(row):
    return tuple(row[name] for name in VOLUME)


class Demo(Weir):
    """`weir serve --demo` in a folder of the test's; weir.toml there is for what comes after it."""

    def __init__(self, folder):
        super().__init__(folder, config=f'listen = ["127.0.0.1:{free_port(socket.SOCK_DGRAM)}"]\n')
        self.folder = folder
        self.data = folder / "weir-demo"

    def command(self):
        return ["env", "-C", self.folder, WEIR, "serve", "--demo", "--seed", str(SEED), "--http",
                f"127.0.0.1:{self.http_port}"]

    def told(self):
        return json.loads((self.data / "totals.json").read_text())

    def ask(self, method, path, headers=(), body=None):
        """Status and body, over TCP, as a browser without a login."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def run(*args):
    return subprocess.run([WEIR, *map(str, args)], capture_output=True, text=True, timeout=60)


class TheDemo(unittest.TestCase):
    maxDiff = 2000

    def check(self, weir, told, begin, end):
        """What weir answers for the full hours from `begin` to `end` is what the generator told."""
        asked = ("--range", f"{begin}..{end}", "--top", "10000")
        hours = {row["time"]: volume(row) for row in told["hours"] if begin <= row["time"] < end}
        cells = {(row["time"], row["host"], row["app"], row["dir"]): volume(row)
                 for row in told["cells"] if begin <= row["time"] < end}
        answer = weir.query("--step", "1h", *asked)
        self.assertEqual({row["time"]: volume(row) for row in answer["rows"]}, hours)
        self.assertEqual(answer["loss"], NO_LOSS)
        answer = weir.query("--by", "host,app,dir", "--step", "1h", *asked)
        self.assertEqual({(row["time"], row["host"], row["app"], row["dir"]): volume(row)
                          for row in answer["rows"] if any(volume(row))}, cells)
        apps = {(row["time"], row["app"]): volume(row) for row in told["applications"]
                if begin <= row["time"] < end}
        answer = weir.query("--by", "app", "--step", "1h", *asked)
        self.assertEqual({(row["time"], row["app"]): volume(row) for row in answer["rows"]
                          if any(volume(row))}, apps)
        hosts = collections.defaultdict(collections.Counter)
        for (_, host, _, direction), sums in cells.items():
            hosts[host, direction].update(dict(zip(VOLUME, sums)))
        answer = weir.query("--by", "host,dir", *asked)
        self.assertEqual({(row["host"], row["dir"]): volume(row) for row in answer["rows"]},
                         {key: volume(sums) for key, sums in hosts.items()})

    def test_every_host_application_and_hour_is_what_the_generator_says(self):
        with new_folder() as folder, Demo(folder).start() as demo:
            past = demo.told()
            self.assertGreater(past["truth"]["flows"], 10_000)
            wait_until("the past is in", lambda: self.flows_since(demo, past["from"]) >=
                       past["truth"]["flows"])
            end = (past["until"] - TELLING_MS) // HOUR_MS * HOUR_MS
            self.check(demo, past["truth"], past["from"], end)
            # And live from now on, by UDP; at night the household is quiet for a minute and longer.
            wait_until("more than the past has come", lambda: self.flows_since(demo, past["from"]) >
                       past["truth"]["flows"], 180)
            self.assertEqual(demo.stop(), 0)
            whole = demo.told()
            self.assertGreater(whole["datagrams"], past["datagrams"])
            far = whole["until"] // HOUR_MS * HOUR_MS + HOUR_MS
            answer = demo.query("--range", f"{whole['from'] - HOUR_MS}..{far}")
            self.assertEqual(volume(answer["totals"]), volume(whole["truth"]))
            self.check(demo, whole["truth"], whole["from"], far)
            # Anybody can compute it again.
            again = folder / "again.json"
            done = run("demo", "--seed", whole["seed"], "--from", whole["from"], "--until", whole["until"],
                       "--totals", again)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(again.read_text()), whole)

    def test_its_capture_is_one_that_weir_decodes(self):
        with new_folder() as folder:
            capture, totals = folder / "demo.pcap", folder / "totals.json"
            begin = 1_795_392_000_000
            made = run("demo", "--from", begin, "--until", begin + HOUR_MS, "--pcap", capture, "--totals", totals)
            self.assertEqual(made.returncode, 0, made.stderr)
            told = json.loads(totals.read_text())
            self.assertIn("Living-room TV", made.stdout)
            decoded = run("decode", capture)
            self.assertEqual(decoded.returncode, 0, decoded.stderr)
            flows = [json.loads(line) for line in decoded.stdout.splitlines()]
            self.assertEqual(len(flows), told["truth"]["flows"])
            self.assertEqual(sum(flow["bytes"] for flow in flows), told["truth"]["bytes"])
            for wrong in (("--from", begin + 1), ("--from", begin, "--until", begin - 1)):
                self.assertEqual(run("demo", *wrong).returncode, 2, wrong)

    def test_anybody_may_look_and_one_request_leaves(self):
        with new_folder() as folder, Demo(folder).start() as demo:
            # It serves a moment before it says so.
            wait_until("it introduces itself", lambda: "This is a demo" in demo.log())
            self.assertNotIn("setup code", demo.log())
            with self.assertRaises(ConnectionRefusedError):  # only 127.0.0.1 of all addresses
                socket.create_connection(("127.0.0.2", demo.http_port), timeout=5)
            status, session = demo.ask("GET", "/api/v1/session")
            self.assertEqual((status, json.loads(session)["role"]), (200, "viewer"))
            for method, path in (("POST", "/api/v1/ports"), ("POST", "/api/v1/networks"), ("GET", "/api/v1/tokens")):
                status, _ = demo.ask(method, path, {"Content-Type": "application/json"}, "{}")
                self.assertEqual(status, 403, path)
            status, _ = demo.ask("DELETE", "/api/v1/demo", {"Origin": "http://elsewhere.example"})
            self.assertEqual(status, 403)
            status, _ = demo.ask("DELETE", "/api/v1/demo")
            self.assertEqual(status, 204)
            wait_until("a server without a demo answers", lambda: self.is_real(demo))
            self.assertFalse(demo.data.exists())
            self.assertTrue((folder / "data" / "state.db").exists())
            self.assertGreater(read_status(demo.pid, "VmRSS"), 0)  # the same process
            wait_until("the setup code is said", lambda: "setup code" in demo.log())
            self.assertEqual(demo.stop(), 0)

    @staticmethod
    def flows_since(demo, begin):
        return demo.query("--range", f"{begin - HOUR_MS}..now")["totals"]["flows"]

    @staticmethod
    def is_real(demo):
        try:
            status, _ = demo.ask("GET", "/api/v1/session")
        except OSError:
            return False
        return status == 401

    def test_no_folder_but_its_own_is_touched(self):
        with new_folder() as folder:
            (folder / "real").mkdir()
            with Weir(folder / "real").start() as real:
                self.assertEqual(real.stop(), 0)
            kept = sorted(real.data.rglob("*"))
            refused = run("serve", "--demo", "--data", real.data)
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn("a demo never touches other data", refused.stderr)
            self.assertEqual(sorted(real.data.rglob("*")), kept)
            (folder / "demo").mkdir()
            with Demo(folder / "demo").start() as demo:
                second = run("serve", "--demo", "--data", demo.data)
                self.assertEqual(second.returncode, 2)
                self.assertIn("held by another process", second.stderr)
                self.assertEqual(demo.stop(), 0)
            refused = run("serve", "--data", demo.data)
            self.assertEqual(refused.returncode, 2)
            self.assertIn("made-up flows of a demo", refused.stderr)
            # What is not Weir's stays when the demo begins anew.
            (demo.data / "mine.txt").write_text("mine")
            with demo.start():
                self.assertEqual((demo.data / "mine.txt").read_text(), "mine")


if __name__ == "__main__":
    main()
