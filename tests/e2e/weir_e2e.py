"""What the end-to-end tests share: starting weir and the generator, waiting for events, asking.

The binaries are taken from the build folder named by WEIR_BUILD.
"""
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = pathlib.Path(os.environ.get("WEIR_BUILD", "build/release")).resolve()
WEIR = BUILD / "weir"
WEIR_CRASHING = BUILD / "weir-crashing"  # the same, with crash_points.cc
GENERATE = BUILD / "weir-generate"
SKIPPED = 77  # ctest's SKIP_RETURN_CODE for a script of which nothing ran

PROTOCOLS = ("v5", "v9", "ipfix")


def wait_until(what, happened, timeout_s=30):
    """Waits for `happened()` to answer something true, and returns that."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = happened()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s} s in vain: {what}")
        time.sleep(0.02)


def free_port(kind):
    """A port of 127.0.0.1 that nobody has now; `kind` is SOCK_DGRAM or SOCK_STREAM."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def new_folder():
    with tempfile.TemporaryDirectory(prefix="weir-e2e-") as name:
        yield pathlib.Path(name)


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket, as `weir query` speaks with a running server."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Weir:
    """One `weir serve` over a data folder; started again and again over the same one."""

    def __init__(self, folder, config="", udp_ports=1, inside=(), binary=WEIR):
        """`inside`: what goes in front of the command, such as `ip netns exec NAME`."""
        self.data = folder / "data"
        self.log_path = folder / "weir.log"
        self.config_path = folder / "weir.toml"
        self.config_path.write_text(config)
        self.http_port = free_port(socket.SOCK_STREAM)
        self.udp_ports = [free_port(socket.SOCK_DGRAM) for _ in range(udp_ports)]
        self.binary = binary
        self.listens_by_config = "listen" in config
        self.flags = [] if "names." in config else ["-n"]  # no test asks this machine's name servers
        self.inside = list(inside)
        self.process = None

    @property
    def udp_port(self):
        return self.udp_ports[0]

    @property
    def pid(self):
        return self.process.pid

    def command(self):
        listens = [part for port in self.udp_ports for part in ("--listen", f"127.0.0.1:{port}")]
        if self.listens_by_config:
            listens = []
        return [*self.inside, self.binary, "serve", "--config", self.config_path, "--data", self.data, "--http",
                f"127.0.0.1:{self.http_port}", *self.flags, *listens]

    def spawn(self, env=None):
        """Starts the process and does not wait for it."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=os.environ | (env or {}))
        return self

    def start(self, env=None):
        self.spawn(env)
        wait_until("/healthz answers 200", self.serves)
        return self

    def serves(self):
        if self.process.poll() is not None:
            raise AssertionError(f"weir ended with {self.process.returncode}:\n{self.log()[-4000:]}")
        if self.inside:  # its loopback is another one
            connection = UnixConnection(self.data / "weir.sock", timeout=5)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def kill(self):
        """kill -9; what it leaves is what a crash leaves."""
        self.process.kill()
        self.process.wait()

    def stop(self, timeout_s=30):
        """SIGTERM, and the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout_s)

    def get_text(self, path):
        connection = UnixConnection(self.data / "weir.sock", timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode()
            if answer.status != 200:
                raise AssertionError(f"GET {path}: {answer.status} {body[:500]}")
            return body
        finally:
            connection.close()

    def get(self, path):
        return json.loads(self.get_text(path))

    def post(self, path, **body):
        connection = UnixConnection(self.data / "weir.sock", timeout=60)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            if answer.status != 204:
                raise AssertionError(f"POST {path}: {answer.status} {answer.read()[:500]}")
        finally:
            connection.close()

    def query(self, *args):
        """The JSON object that `weir query` prints."""
        return json.loads(self.query_text("--format", "json", *args))

    def stream(self, *args):
        """The lines that `weir query` prints, as they come."""
        command = [self.binary, "query", "--data", self.data, *map(str, args)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as asked:
            yield from asked.stdout
        if asked.returncode != 0:
            raise AssertionError(f"weir query {args}: exit {asked.returncode}")

    def query_text(self, *args):
        done = subprocess.run([self.binary, "query", "--data", self.data, *map(str, args)],
                              capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"weir query {args}: exit {done.returncode}\n{done.stderr}")
        return done.stdout

    def exporters(self):
        """What came from each exporter since the process started, by address."""
        answer = self.get("/api/v1/exporters")
        return {one["exporter"]: one["since_start"] for one in answer["exporters"]
                if "since_start" in one}

    def receive_queue(self):
        """Octets that wait in the socket buffers of our UDP ports."""
        return sum(receive_queue(port) for port in self.udp_ports)

    def datagrams(self):
        """Datagrams decoded since the process started."""
        return sum(counts["datagrams"] for counts in self.exporters().values())

    def decoded_by_metrics(self):
        """The same from /metrics, which is short however many the exporters are."""
        return sum(int(line.rpartition(" ")[2]) for line in self.get_text("/metrics").splitlines()
                   if line.startswith("weir_exporter_datagrams_total{"))

    def ledger(self):
        """/api/v1/ledger as it is."""
        return self.get("/api/v1/ledger?range=-24h")

    def ledger_by_exporter(self):
        """The ledger summed over minutes, by exporter's address."""
        return {one["exporter"]: one for one in self.ledger()["exporters"]}

    def dropped(self):
        """Datagrams that came and were not taken since the process started, wherever it counts them."""
        receive = self.ledger()["receive"]
        return (sum(port["kernel_drops"] for port in receive["ports"]) +
                receive["worker_channel_full"] + receive["journal_refused"])

    def memory_kb(self, name="VmRSS"):
        return read_status(self.pid, name)

    def cpu_s(self):
        return cpu_seconds(self.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.kill()


def receive_queue(port):
    """Octets that wait in the socket buffer of a UDP port of 127.0.0.1; None when nobody has it."""
    for line in pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1] == f"0100007F:{port:04X}":
            return int(fields[4].split(":")[1], 16)
    return None


def read_status(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise AssertionError(f"/proc/{pid}/status has no {name}")


def cpu_seconds(pid):
    """User and system time of all threads of a process, those that ended too."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Generator:
    """A weir-generate that obeys: see its --control."""

    def __init__(self, folder, port, *args):
        self.totals_path = folder / f"totals-{port}-{time.monotonic_ns()}.json"
        self.process = subprocess.Popen(
            [GENERATE, "--control", "--to", f"127.0.0.1:{port}", "--totals", self.totals_path,
             *map(str, args)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.sent = []

    def begin(self, flows):
        """Has flows sent; finish() waits until they are."""
        self._tell(f"send {flows}")

    def finish(self):
        """Waits until what was begun last is sent; the sums then."""
        return self.sent.pop() if self.sent else self._read("sent")

    def is_done(self):
        """Whether what was begun last is sent, so that finish() will not wait."""
        self.sums()
        return bool(self.sent)

    def sums(self):
        """What has been sent by now."""
        self._tell("sums")
        return self._read("now")

    def send(self, flows):
        self.begin(flows)
        return self.finish()

    def end(self):
        """All totals; the generator is gone afterwards."""
        self.process.stdin.close()
        self.process.stdout.close()
        if self.process.wait(30) != 0:
            raise AssertionError(f"weir-generate ended with {self.process.returncode}")
        return json.loads(self.totals_path.read_text())

    def _read(self, wanted):
        while True:
            line = json.loads(self.process.stdout.readline())
            if line["when"] == wanted:
                return line["sums"]
            self.sent.append(line["sums"])  # finish() will ask for it

    def _tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def generate(folder, port, *args):
    """Runs weir-generate to its end; its totals."""
    totals = folder / f"totals-{port}-{time.monotonic_ns()}.json"
    subprocess.run([GENERATE, "--to", f"127.0.0.1:{port}", "--totals", totals, *map(str, args)],
                   check=True, timeout=300)
    return json.loads(totals.read_text())


def main():
    """Runs the script's tests; the last line is 'N passed, N failed'."""
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    # A test counts once, however many of its subtests failed.
    failed = len({getattr(test, "test_case", test).id()
                  for test, _ in result.failures + result.errors})
    passed = result.testsRun - failed - len(result.skipped)
    sys.stderr.flush()
    for test, reason in result.skipped:
        print(f"skipped: {test}: {reason}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else SKIPPED if passed == 0 else 0)
