"""What the benchmarks share: nfcapd and weir as receivers whose CPU time, counts and files are read."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from weir_e2e import Weir, cpu_seconds, free_port, generate, receive_queue, wait_until  # noqa: E402

BUFFER_OCTETS = 16 << 20


def require(*programs):
    absent = [program for program in programs if not shutil.which(program)]
    if absent:
        sys.exit(f"not installed: {', '.join(absent)}")


def octets_below(folder):
    """Octets of all files below a folder; 0 when there is none."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def stop(process, timeout_s=60):
    """SIGTERM, wait; the process's whole CPU time and its largest resident size in MB."""
    process.terminate()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise AssertionError(f"{process.args[0]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Received:
    """What a receiver did with the same flows."""

    def __init__(self, cpu_s, peak_mb, flows):
        self.cpu_s, self.peak_mb, self.flows = cpu_s, peak_mb, flows


class Nfcapd:
    """nfcapd writing one lz4 file."""

    def __init__(self, folder):
        self.folder = folder / "nfcapd"
        self.folder.mkdir()

    def receive(self, *traffic):
        """Takes the generator's flows; what it cost, once nothing is left to do."""
        port = free_port(socket.SOCK_DGRAM)
        with (self.folder.parent / "nfcapd.log").open("wb") as log:
            process = subprocess.Popen(
                ["nfcapd", "-w", self.folder, "-y", "-p", str(port), "-b", "127.0.0.1", "-B",
                 str(BUFFER_OCTETS), "-t", "86400"], stdout=log, stderr=log)
        wait_until("nfcapd listens", lambda: receive_queue(port) is not None)
        before = cpu_seconds(process.pid)
        sent = generate(self.folder.parent, port, *traffic)
        wait_until("nfcapd has read all", lambda: receive_queue(port) == 0)
        cpu_s, peak_mb = stop(process)
        return Received(cpu_s - before, peak_mb, self.count()), sent

    def count(self):
        said = subprocess.run(["nfdump", "-R", self.folder, "-I"], capture_output=True, text=True,
                              check=True).stdout
        return int(re.search(r"^Flows: (\d+)", said, re.M)[1])


class WeirReceiver:
    """`weir serve` over a new folder."""

    def __init__(self, folder):
        self.weir = Weir(folder)

    def receive(self, *traffic):
        weir = self.weir.start()
        before = weir.cpu_s()
        sent = generate(weir.data.parent, weir.udp_port, *traffic)
        wait_until("weir has decoded all", lambda: weir.datagrams() == sent["datagrams"], 120)
        cpu_s, peak_mb = stop(weir.process)  # drains, seals what is left and ends
        weir.start()
        whole = ("--range", f"{sent['minutes'][0]['time']}..{sent['minutes'][-1]['time'] + 60_000}")
        flows = weir.query("--metric", "flows", *whole)["totals"]["flows"]
        return Received(cpu_s - before, peak_mb, flows), sent

    def octets(self, below):
        return octets_below(self.weir.data / below)


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def verdict(failures):
    """Prints what missed its target; ends the program."""
    for failure in failures:
        print(f"missed: {failure}")
    sys.exit(1 if failures else 0)
