#!/usr/bin/env python3
"""Starting and ending: ports that are taken, exit statuses, a folder in use, SIGTERM, idle memory."""
import os
import shutil
import socket
import subprocess
import unittest

from datagrams import Sender, v5
from weir_e2e import WEIR, Weir, free_port, generate, main, new_folder, wait_until

IDLE_MAX_MB = 60
NOT_HAD = 3


def taken_port(kind):
    """A socket of ours that has a port of 127.0.0.1."""
    holder = socket.socket(socket.AF_INET, kind)
    holder.bind(("127.0.0.1", 0))
    if kind == socket.SOCK_STREAM:
        holder.listen()
    return holder, holder.getsockname()[1]


def copied_uncached(folder):
    """The program and its library, copied and not in the page cache, as after the machine's start.
    Linux counts a cached piece of a mapped file as resident whole once one of its pages is touched:
    of libduckdb.so 27 MB, or 51 where large pieces of it happen to be cached."""
    for file in (WEIR, WEIR.parent / "libduckdb.so"):
        if not file.exists():  # the system's own library lies elsewhere
            continue
        copied = shutil.copy(file, folder / file.name)
        with open(copied, "rb") as opened:
            os.fsync(opened.fileno())
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return folder / "weir"


class Service(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(new_folder())

    def start_and_end(self, weir):
        """The exit status of a start that cannot last, and the log."""
        return weir.spawn().process.wait(30), weir.log()

    def test_a_taken_port_is_retried_and_its_holder_named(self):
        holder, port = taken_port(socket.SOCK_DGRAM)
        other = free_port(socket.SOCK_DGRAM)
        with Weir(self.folder, f'listen = ["127.0.0.1:{port}", "127.0.0.1:{other}"]\n') as weir:
            weir.start()
            self.assertRegex(weir.log(), rf"127\.0\.0\.1:{port}.*python3")
            with Sender("127.9.0.1", other) as sender:
                sender.send(v5(1))
                wait_until("the other port is served", lambda: weir.datagrams() == 1)
            holder.close()
            with Sender("127.9.0.2", port) as sender:
                wait_until("the port is had", lambda: sender.send(v5(1)) or weir.datagrams() > 1, 15)

    def test_exit_3_when_http_is_taken(self):
        holder, port = taken_port(socket.SOCK_STREAM)
        with holder, Weir(self.folder) as weir:
            weir.http_port = port
            status, log = self.start_and_end(weir)
            self.assertEqual(status, NOT_HAD)
            self.assertIn(str(port), log)

    def test_exit_3_when_a_port_given_by_listen_is_taken(self):
        holder, port = taken_port(socket.SOCK_DGRAM)
        with holder, Weir(self.folder, udp_ports=2) as weir:
            weir.udp_ports[1] = port
            status, log = self.start_and_end(weir)
            self.assertEqual(status, NOT_HAD)
            self.assertRegex(log, rf"{port}.*python3")

    def test_exit_3_when_no_port_can_be_had(self):
        holder, port = taken_port(socket.SOCK_DGRAM)
        with holder, Weir(self.folder, f'listen = ["127.0.0.1:{port}"]\n') as weir:
            self.assertEqual(self.start_and_end(weir)[0], NOT_HAD)

    def test_exit_3_when_another_process_has_the_folder(self):
        with Weir(self.folder) as first, Weir(self.folder) as second:
            first.start()
            second.log_path = self.folder / "second.log"
            status, log = self.start_and_end(second)
            self.assertEqual(status, NOT_HAD)
            self.assertIn(str(first.data), log)
            self.assertTrue(first.serves())

    def test_status_tells_on_one_screen_whether_it_runs(self):
        def status():
            done = subprocess.run([WEIR, "status", "--data", str(weir.data)], capture_output=True, text=True, check=False)
            return done.returncode, done.stdout

        with Weir(self.folder) as weir:
            self.assertEqual(status(), (NOT_HAD, f"weir      does not run in {weir.data}\n"))
            weir.start()
            exit_code, said = status()
            self.assertEqual(exit_code, 0)
            self.assertRegex(said, rf"ports     UDP {weir.udp_port}\n")
            self.assertRegex(said, r"disk      \d+\.\d [MG]B of \d")
            with Sender("127.9.0.1", weir.udp_port) as sender:
                sender.send(v5(1))
                wait_until("the exporter is known", lambda: "127.9.0.1" in status()[1])
            self.assertRegex(status()[1], r"exporters 1\n  127\.9\.0\.1 .* flows/s .* % lost .* s ago")
            weir.post("/api/v1/exporters/127.9.0.1", name="b\u00fcro\u009b2J\u0085")
            self.assertIn(" b\u00fcro?2J? ", status()[1])
            self.assertEqual(weir.stop(30), 0)
            self.assertEqual(status()[0], NOT_HAD)

    def test_a_sampling_rate_that_is_set_holds_for_the_flows_that_come(self):
        with Weir(self.folder) as weir, Sender("127.9.0.1", weir.udp_port) as sender:
            weir.start()
            sender.send(v5(1))
            wait_until("the first has come", lambda: weir.datagrams() == 1)
            weir.post("/api/v1/exporters/127.9.0.1", sampling=100)
            sender.send(v5(1, sequence=1))
            wait_until("the second has come", lambda: weir.datagrams() == 2)

            def told():
                rows = weir.query("--by", "sampling_source", "--metric", "bytes,raw_bytes", "--range", "-1h")["rows"]
                return {row.get("sampling_source"): (row["bytes"], row["raw_bytes"]) for row in rows}

            wait_until("both can be asked for", lambda: len(told()) == 2)
            self.assertEqual(told(), {None: (1_000, 1_000), "setting": (100_000, 1_000)})

    def test_sigterm_drains(self):
        with Weir(self.folder) as weir:
            weir.start()
            sent = generate(self.folder, weir.udp_port, "--protocol", "v9", "--rate", 150_000,
                            "--flows", 300_000)
            wait_until("the socket buffer is read", lambda: weir.receive_queue() == 0)
            self.assertEqual(weir.stop(30), 0)
            self.assertEqual(list((weir.data / "journal").glob("*.pcap")), [])
            weir.start()
            answer = weir.query("--metric", "raw_flows", "--by", "exporter", "--range", "-1h..now")
            self.assertEqual(answer["totals"]["raw_flows"], sent["flows"])

    def test_idle_memory(self):
        with Weir(self.folder, binary=copied_uncached(self.folder)) as weir:
            weir.start()
            weir.query("--by", "src", "--range", "-1h..now")
            idle_mb = weir.memory_kb() / 1024
            print(f"idle: {idle_mb:.1f} MB resident")
            self.assertLessEqual(idle_mb, IDLE_MAX_MB)


if __name__ == "__main__":
    main()
