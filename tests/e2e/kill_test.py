#!/usr/bin/env python3
"""kill -9 at random moments and at named places, while three protocols keep sending.

Afterwards both equalities of the ledger hold, every flow that was received is stored once, and what
is missing shows as gap and was never seen by a process: it stood in the socket buffer, came while no
process was there, or came in the moment between the last question to a process and its death.
WEIR_SOAK=1 makes it a hundred rounds instead of thirteen; WEIR_SEED chooses the moments.
"""
import contextlib
import http.client
import os
import random
import signal
import socket
import sqlite3
import struct
import subprocess
import time
import unittest

from weir_e2e import PROTOCOLS, WEIR_CRASHING, Generator, Weir, main, new_folder, wait_until

ROUNDS = int(os.environ.get("WEIR_ROUNDS", "0")) or (100 if os.environ.get("WEIR_SOAK") else 13)
SEED = int(os.environ.get("WEIR_SEED", "1"))
RATE = 10_000           # flows a second of each protocol
FLOWS_PER_ROUND = 30_000
EXPORTERS = 3           # of each protocol
# A segment is a fourth of the journal's share: 2 MiB, so that a barrier comes every second or so.
CONFIG = 'store.budget = "800MiB"\nstore.journal_share = 1\n'
# How a process ends in turn: at a random moment, at a place, or at rest when all is received.
ENDS = ("at random", "in_seal", "at rest", "between_rename_and_commit", "at random",
        "between_commit_and_trim", "in_replay", "in_merge", "at rest", "between_merge_and_commit",
        "in_replay", "between_merge_commit_and_unlink", "at random")
IN_MERGES = ("in_merge", "between_merge_and_commit", "between_merge_commit_and_unlink")


class Load:
    """One generator for each protocol, all sending to one weir."""

    def __init__(self, folder, port):
        self.stack = contextlib.ExitStack()
        self.generators = [
            self.stack.enter_context(Generator(
                folder, port, "--protocol", protocol, "--rate", RATE, "--exporters", EXPORTERS,
                "--first-exporter", EXPORTERS * i, "--seed", SEED + i, "--sampling", 10,
                "--templates-every", 50))
            for i, protocol in enumerate(PROTOCOLS)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    def begin(self, flows):
        for generator in self.generators:
            generator.begin(flows)

    def finish(self):
        for generator in self.generators:
            generator.finish()

    def is_done(self):
        return all(generator.is_done() for generator in self.generators)

    def units(self):
        """What each has sent, in the unit of its sequence."""
        return [generator.sums()["sequence"] for generator in self.generators]

    def known(self, weir):
        """What a weir knows of each, received or a gap: no kill may take that away again."""
        units = [0] * len(self.generators)
        for exporter, of in weir.ledger_by_exporter().items():
            units[exporter_number(exporter) // EXPORTERS] += of["sequence_sent"]
        return units

    def end(self):
        """Totals of each protocol."""
        return [generator.end() for generator in self.generators]


def exporter_number(address):
    """Of an address 127.0.1.y that weir-generate sends from."""
    return int(address.rpartition(".")[2]) - 1


def make_parts_old(data):
    """Says that all parts are two days old, so that those not final are merged at the next start."""
    with contextlib.closing(sqlite3.connect(data / "state.db")) as manifest, manifest:
        manifest.execute("UPDATE parts SET min_received = min_received - 172800000,"
                         " max_received = max_received - 172800000 WHERE merges < 2")


class Kill(unittest.TestCase):
    def test_kills(self):
        moments = random.Random(SEED)
        with new_folder() as folder, Weir(folder, CONFIG, binary=WEIR_CRASHING) as weir:
            weir.start()
            with Load(folder, weir.udp_port) as load:
                missed = [0] * len(PROTOCOLS)  # what may be missing, at most
                for i in range(ROUNDS):
                    end = ENDS[i % len(ENDS)]
                    with self.subTest(round=i, end=end, seed=SEED):
                        for protocol, more in enumerate(self.round(weir, load, end, moments)):
                            missed[protocol] += more
                totals = load.end()
            self.assertEqual(weir.stop(), 0)
            weir.start()
            self.check(weir, totals, missed)

    def round(self, weir, load, end, moments):
        """One life of the process; what of each protocol may have been lost, at most."""
        if end == "at rest":
            return self.kill_at_rest(weir, load)
        load.begin(FLOWS_PER_ROUND)
        time.sleep(moments.uniform(0.05, 0.8 * FLOWS_PER_ROUND / RATE))
        known = load.known(weir)
        weir.kill()
        if end != "at random":
            known = self.die_at(weir, load, end, moments, known)
        weir.start()
        sent = load.units()
        load.finish()
        self.send_and_wait(weir, load, 1_000)
        return [now - then for then, now in zip(known, sent)]

    def kill_at_rest(self, weir, load):
        """Nothing is under way, so nothing may be lost."""
        self.send_and_wait(weir, load, FLOWS_PER_ROUND // 4)
        gaps = {exporter: sums["sequence_gap"] for exporter, sums in weir.ledger_by_exporter().items()}
        weir.kill()
        weir.start()
        self.send_and_wait(weir, load, 1_000)
        self.assertEqual(
            gaps, {exporter: sums["sequence_gap"] for exporter, sums in weir.ledger_by_exporter().items()})
        return [0] * len(PROTOCOLS)

    def die_at(self, weir, load, place, moments, known):
        """Starts the process anew so that it dies at the place; what it was last known to have."""
        reached = 1 if place == "in_replay" or place in IN_MERGES else moments.randint(1, 3)
        if place in IN_MERGES:
            make_parts_old(weir.data)
        weir.spawn(env={"WEIR_CRASH_AT": f"{place}:{reached}"})
        deadline = time.monotonic() + 60
        while weir.process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                known = list(map(max, known, load.known(weir)))
            if load.is_done():
                load.finish()
                load.begin(FLOWS_PER_ROUND)
            with contextlib.suppress(subprocess.TimeoutExpired):
                weir.process.wait(0.05)
        self.assertEqual(weir.process.poll(), -signal.SIGKILL, "the place is reached")
        return known

    def send_and_wait(self, weir, load, flows):
        """When everything before is replayed and the last of these is decoded."""
        load.begin(flows)
        load.finish()
        sent = sum(load.units())
        wait_until("the last datagrams are decoded",
                   lambda: sum(of["sequence_sent"] for of in weir.ledger_by_exporter().values()) == sent)

    def check(self, weir, totals, missed):
        ledger = weir.ledger_by_exporter()
        stored = {row["exporter"]: row["raw_flows"] for row in weir.query(
            "--by", "exporter", "--metric", "raw_flows", "--range", "-2h..now", "--top", 100)["rows"]}
        for protocol, total, at_most in zip(PROTOCOLS, totals, missed):
            gap = 0
            for sent in total["exporters"]:
                of = ledger[sent["exporter"]]
                with self.subTest(protocol=protocol, exporter=sent["exporter"], seed=SEED):
                    self.check_exporter(protocol, sent, of, stored[sent["exporter"]])
                gap += of["sequence_gap"]
            self.assertGreater(gap, 0, "a kill under load loses something")
            self.assertLessEqual(gap, at_most)

    def check_exporter(self, protocol, sent, of, stored):
        self.assertEqual(of["sequence_sent"], of["sequence_received"] + of["sequence_gap"])
        self.assertEqual(of["sequence_sent"], sent["sequence"])
        self.assertEqual(of["records"], of["flows"] + of["options"] + of["events"] +
                         sum(of["not_counted"].values()))
        self.assertEqual(of["flows"], stored)
        self.assertEqual(sum(of["not_counted"].values()), 0)
        if protocol == "v5":
            self.assertEqual(of["flows"], of["sequence_received"])
        elif protocol == "ipfix":
            self.assertEqual(of["flows"] + of["options"], of["sequence_received"])
        else:
            self.assertEqual(of["datagrams"], of["sequence_received"])

    def test_deadly_datagram(self):
        """A datagram that kills replay twice: its segment is set aside and counted, the rest served."""
        deadly = struct.pack(">HHIIII", 9, 0, 0, 0, 0, 0xdeaddead)
        with new_folder() as folder, Weir(folder, CONFIG, binary=WEIR_CRASHING) as weir:
            weir.start()
            with Load(folder, weir.udp_port) as load:
                self.send_and_wait(weir, load, 10_000)
                load.end()
            self.assertEqual(weir.stop(), 0)
            weir.start()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(deadly, ("127.0.0.1", weir.udp_port))
            for _ in range(3):  # when it comes, and in two replays
                self.assertNotEqual(weir.process.wait(30), 0)
                weir.spawn()
            wait_until("/healthz answers 200", weir.serves)
            wait_until("the lost segment is counted", lambda: weir.ledger()["sums"]["not_counted"]
                       == {"SegmentSetAside": 1})
            named = wait_until("the lost segment is named",
                               lambda: weir.ledger()["store"]["segments_set_aside"])
            self.assertEqual(len(named), 1)
            self.assertIn(named[0], weir.log())
            flows = weir.query("--metric", "raw_flows", "--range", "-1h..now")["totals"]["raw_flows"]
            self.assertEqual(flows, 30_000)


if __name__ == "__main__":
    main()
