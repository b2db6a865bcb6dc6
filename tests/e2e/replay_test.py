#!/usr/bin/env python3
"""weir replay: what a capture or a journal holds arrives whole, from as many exporters, and with --now at
times that were moved by one and the same amount.
"""
import re
import socket
import subprocess
import time
import unittest

from weir_e2e import PROTOCOLS, WEIR, Weir, free_port, generate, main, new_folder, wait_until

VOLUME = ("bytes", "packets", "flows")
FLOWS = 20_000
RATE = 200  # flows a second of the capture's own time: 100 s
THEN = int(time.time()) // 60 * 60 - 3 * 86_400
MOVED = re.compile(r"times moved by (\d+) d (\d\d):(\d\d):(\d\d)")
EXPORTERS = 3


def volume(row):
    return tuple(row[name] for name in VOLUME)


def replay(*args):
    """Standard output of a replay that has nothing to complain of."""
    done = try_replay(*args)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"weir replay {args}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def try_replay(*args):
    return subprocess.run([WEIR, "replay", *map(str, args)], capture_output=True, text=True, timeout=60)


def loopback():
    """By its name, where the machine knows it: a debootstrap folder has no /etc/hosts."""
    try:
        socket.gethostbyname("localhost")
    except OSError:
        return "127.0.0.1"
    return "localhost"


def moved_ms(printed):
    days, hours, minutes, seconds = map(int, MOVED.search(printed).groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000


class Replay(unittest.TestCase):
    maxDiff = 2000

    def capture(self, folder, protocol, *args):
        """A capture made three days ago, and what is in it."""
        path = folder / f"{protocol}.pcap"
        totals = generate(folder, 1, "--protocol", protocol, "--pcap", path, "--at", THEN, "--rate", RATE,
                          *(() if protocol == "v5" else ("--ipv6", 30, "--templates", 3)), *args)
        return path, totals

    def check_totals(self, weir, totals, shift_ms):
        wait_until("all datagrams are decoded", lambda: weir.datagrams() == totals["datagrams"])
        wait_until("all flows are stored", lambda: self.all_of(weir, shift_ms)["flows"] == totals["flows"])
        answer = self.all_of(weir, shift_ms)
        self.assertEqual(volume(answer), volume(totals))
        self.assertEqual(answer["loss"], {"sequence_gap": 0, "not_counted": 0, "minutes": 0})
        exporters = weir.query("--by", "exporter", "--range", span(totals, shift_ms))["rows"]
        self.assertEqual(sorted(volume(row) for row in exporters),
                         sorted(volume(each) for each in totals["exporters"]))
        if shift_ms == 0:
            return  # received days after they ended: such flows are not spread
        # Every minute of then is found where it was moved to, to the octet.
        for minute in totals["minutes"]:
            begin = minute["time"] + shift_ms
            answer = weir.query("--range", f"{begin}..{begin + 60_000}")["totals"]
            self.assertEqual(volume(answer), volume(minute), minute["time"])

    def all_of(self, weir, shift_ms):
        begin = (THEN - 86_400) * 1_000 + shift_ms
        answer = weir.query("--range", f"{begin}..{begin + 3 * 86_400_000}")
        return answer["totals"] | {"loss": answer["loss"]}

    def test_a_capture_of_each_protocol_moves_to_the_present(self):
        for protocol in PROTOCOLS:
            with self.subTest(protocol), new_folder() as folder, Weir(folder).start() as weir:
                path, totals = self.capture(folder, protocol, "--flows", FLOWS, "--exporters", EXPORTERS)
                printed = replay(path, "--to", f"127.0.0.1:{weir.udp_port}", "--rate", 100_000, "--now")
                shift_ms = moved_ms(printed)
                newest = max(minute["time"] for minute in totals["minutes"]) + shift_ms
                self.assertLess(abs(time.time() * 1_000 - newest), 120_000)
                self.check_totals(weir, totals, shift_ms)
                self.assertEqual(len(weir.exporters()), EXPORTERS)

    def test_a_journal_arrives_as_it_was_received(self):
        with new_folder() as folder, Weir(folder).start() as first:
            path, totals = self.capture(folder, "v9", "--flows", FLOWS)
            replay(path, "--to", f"127.0.0.1:{first.udp_port}", "--rate", 100_000)
            self.check_totals(first, totals, 0)
            first.kill()  # else a commit would empty the journal
            (folder / "second").mkdir()
            with Weir(folder / "second").start() as second:
                replay(first.data, "--to", f"127.0.0.1:{second.udp_port}", "--speed", 100)
                self.check_totals(second, totals, 0)

    def test_one_exporter_of_several_is_chosen(self):
        with new_folder() as folder, Weir(folder).start() as weir:
            path, totals = self.capture(folder, "ipfix", "--flows", 3_000, "--exporters", EXPORTERS)
            chosen = totals["exporters"][1]
            replay(path, "--to", f"{loopback()}:{weir.udp_port}", "--rate", 100_000, "--exporter",
                   chosen["exporter"])
            wait_until("all flows are stored", lambda: self.all_of(weir, 0)["flows"] == chosen["flows"])
            self.assertEqual(volume(self.all_of(weir, 0)), volume(chosen))

    def test_the_pace_is_the_captures_own_or_what_was_asked_for(self):
        with new_folder() as folder, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
            sink.bind(("127.0.0.1", 0))
            to = f"127.0.0.1:{sink.getsockname()[1]}"
            path, _ = self.capture(folder, "v5", "--flows", 200)  # a second
            for pace, least_s in (((), 0.8), (("--speed", 2), 0.4), (("--rate", 500), 0.3)):
                begun = time.monotonic()
                replay(path, "--to", to, *pace)
                self.assertGreater(time.monotonic() - begun, least_s, pace)

    def test_what_is_wrong_is_said(self):
        with new_folder() as folder, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
            sink.bind(("127.0.0.1", 0))
            to = f"127.0.0.1:{sink.getsockname()[1]}"
            path, totals = self.capture(folder, "v9", "--flows", 2_000, "--exporters", 2)
            nobody = free_port(socket.SOCK_DGRAM)
            cut = folder / "cut.pcap"
            cut.write_bytes(path.read_bytes()[:-100])
            text = folder / "text.pcap"
            text.write_text("no capture")
            fast = ("--rate", 1_000_000)
            for args, exit_code, said in (
                    ((path, "--to", f"127.0.0.1:{nobody}", *fast), 1, "nobody listens at"),
                    ((path, "--to", "[::1]:9", *fast), 2, "name one with --exporter"),
                    ((path, "--to", "127.0.0.1"), 2, "expected HOST:PORT"),
                    ((path, "--to", to, "--exporter", "192.0.2.1"), 2, "no export datagrams"),
                    ((text, "--to", to), 2, "text.pcap"),
                    ((folder / "absent", "--to", to), 2, "absent"),
                    ((folder, "--to", to), 2, "no segment"),
                    ((cut, "--to", to, *fast), 1, "cut.pcap")):
                done = try_replay(*args)
                self.assertEqual(done.returncode, exit_code, (args, done.stderr))
                self.assertIn(said, done.stderr)
            self.assertIn(f"sent {totals['datagrams'] - 1} datagrams", done.stdout)


def span(totals, shift_ms):
    minutes = [minute["time"] for minute in totals["minutes"]]
    return f"{min(minutes) + shift_ms}..{max(minutes) + 60_000 + shift_ms}"


if __name__ == "__main__":
    main()
