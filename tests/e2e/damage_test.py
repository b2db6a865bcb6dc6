#!/usr/bin/env python3
"""Damaged parts and a damaged end of the journal: set aside, named, the rest served."""
import subprocess
import unittest

from weir_e2e import WEIR, Weir, generate, main, new_folder, wait_until

FLOWS = 10_000


class Damage(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(new_folder())
        self.weir = self.enterContext(Weir(self.folder))

    def fill(self, seed):
        """A run of the process that leaves one flow part; the part's path."""
        before = set(self.parts())
        self.weir.start()
        sent = generate(self.folder, self.weir.udp_port, "--protocol", "ipfix", "--flows", FLOWS,
                        "--rate", 100_000, "--seed", seed)
        wait_until("all is decoded", lambda: self.weir.datagrams() == sent["datagrams"])
        self.assertEqual(self.weir.stop(), 0)
        made = set(self.parts()) - before
        self.assertEqual(len(made), 1)
        return made.pop()

    def parts(self):
        return sorted((self.weir.data / "flows").rglob("*.parquet"))

    def flows(self):
        answer = self.weir.query("--metric", "raw_flows", "--by", "protocol", "--range", "-1h..now")
        return answer["totals"]["raw_flows"]

    def test_parts(self):
        truncated, missing, flipped, whole = (self.fill(seed) for seed in range(4))
        self.weir.start()
        self.weir.kill()  # after an unclean end parts are checked when first used
        truncated.write_bytes(truncated.read_bytes()[:-100])
        missing.unlink()
        flip_one_bit(flipped)
        self.check_finds(truncated, missing, flipped)

        self.weir.start()
        self.assertEqual(self.flows(), FLOWS)
        ledger = self.weir.ledger()
        aside = {part["name"] for part in ledger["store"]["parts_set_aside"]}
        self.assertEqual(aside, {str(part.relative_to(self.weir.data))
                                 for part in (truncated, missing, flipped)})
        for part in (truncated, missing, flipped):
            with self.subTest(part=part.name):
                self.assertIn(part.name, self.weir.log())
        self.assertNotIn(whole.name, self.weir.log())
        self.assertEqual(ledger["sums"]["not_counted"].get("PartDamaged"), 3 * FLOWS)

    def check_finds(self, *damaged):
        checked = subprocess.run([WEIR, "store", "check", "--data", self.weir.data],
                                 capture_output=True, text=True)
        self.assertEqual(checked.returncode, 1, checked.stderr)
        for part in damaged:
            self.assertIn(part.name, checked.stdout + checked.stderr)

    def test_end_of_the_journal(self):
        self.weir.start()
        sent = generate(self.folder, self.weir.udp_port, "--protocol", "v5", "--flows", FLOWS,
                        "--rate", 100_000)
        wait_until("all is decoded", lambda: self.weir.datagrams() == sent["datagrams"])
        self.weir.kill()
        segment = max((self.weir.data / "journal").glob("*.pcap"))
        segment.write_bytes(segment.read_bytes()[:-7])
        self.weir.start()
        whole = FLOWS - FLOWS % 28  # the last datagram is cut off
        wait_until("the rest is replayed", lambda: self.flows() == whole)
        named = wait_until("the damage is named",
                           lambda: self.weir.ledger()["store"]["segments_set_aside"])
        self.assertEqual(len(named), 1)
        self.assertIn(segment.name, named[0])
        self.assertIn(named[0], self.weir.log())


def flip_one_bit(path):
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 3] ^= 0x10
    path.write_bytes(octets)


if __name__ == "__main__":
    main()
