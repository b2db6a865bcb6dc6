#!/usr/bin/env python3
"""A small disk budget drops the oldest parts; a full disk is survived and counted."""
import os
import subprocess
import unittest

from weir_e2e import Weir, generate, main, new_folder, wait_until

MIB = 1 << 20
BUDGET_MIB = 32
STATE_MIB = 8  # state.db and logs are beside the budget


def octets_below(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class Disk(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(new_folder())

    def send(self, weir, flows, seed):
        return generate(self.folder, weir.udp_port, "--protocol", "ipfix", "--flows", flows,
                        "--rate", 100_000, "--seed", seed, "--first-exporter", seed)

    def test_the_oldest_parts_go(self):
        config = f'store.budget = "{BUDGET_MIB}MiB"\n'
        with Weir(self.folder, config) as weir:
            weir.start()
            datagrams = 0
            for seed in range(4):
                sent = self.send(weir, 600_000, seed)
                datagrams += sent["datagrams"]
                # So small a budget may refuse some of such a rate.
                wait_until("all is decoded or counted as dropped",
                           lambda: weir.datagrams() + weir.dropped() == datagrams)
                self.assertLess(octets_below(weir.data), (BUDGET_MIB + STATE_MIB) * MIB)
            kept = {row["exporter"]: row["raw_flows"] for row in weir.query(
                "--by", "exporter", "--metric", "raw_flows", "--range", "-1h..now")["rows"]}
            newest = sent["exporters"][0]["exporter"]
            self.assertEqual(kept.get(newest), weir.exporters()[newest]["flows"])
            self.assertLess(kept.get("127.0.1.1", 0), weir.exporters()["127.0.1.1"]["flows"])
            self.assertGreater(weir.ledger()["store"]["rows_dropped_by_retention"], 0)
            self.assertEqual(weir.stop(), 0)

    def test_a_full_disk(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to mount a small file system")
        small = self.folder / "small"
        small.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", small],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"cannot mount: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", small], check=True)
        with Weir(small, 'store.budget = "1GiB"\n') as weir:
            weir.log_path = self.folder / "weir.log"
            weir.start()
            filler = fill_up(small)
            self.send(weir, 400_000, 1)
            wait_until("what the disk did not take is counted", lambda: refused(weir) > 0)
            self.assertTrue(weir.serves())
            filler.unlink()
            sent = self.send(weir, 10_000, 2)
            exporter = sent["exporters"][0]["exporter"]
            wait_until("what comes later is kept",
                       lambda: weir.exporters().get(exporter, {}).get("flows") == sent["flows"])
            for of in weir.ledger_by_exporter().values():
                self.assertEqual(of["sequence_sent"], of["sequence_received"] + of["sequence_gap"])
                self.assertEqual(of["records"], of["flows"] + of["options"] + of["events"] +
                                 sum(of["not_counted"].values()))
            self.assertEqual(weir.stop(), 0)


def fill_up(folder):
    filler = folder / "filler"
    with filler.open("wb") as out:
        try:
            while True:
                out.write(bytes(MIB))
                out.flush()
        except OSError:
            pass
    return filler


def refused(weir):
    return weir.ledger()["receive"]["journal_refused"]


if __name__ == "__main__":
    main()
