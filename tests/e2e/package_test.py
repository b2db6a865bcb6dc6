#!/usr/bin/env python3
"""The Debian package: its unit as systemd reads it, its manual pages, and, with WEIR_SOAK=1, its
life in a bare Debian: installed with apt, the unit's command line started as the unit's user, purged."""
import configparser
import gzip
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import unittest

from weir_e2e import BUILD, UnixConnection, main, new_folder, wait_until

SOURCE = pathlib.Path(__file__).resolve().parents[2]
EXPOSURE_MAX = 20  # of 100, by systemd's reckoning


def run(*command, **named):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **named)
    return done.returncode, done.stdout + done.stderr


def unit_settings(path):
    """The unit's keys by section; of those that stand several times the last."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(path)
    return unit


class Package(unittest.TestCase):
    """What is installed, without installing it on this machine."""

    def setUp(self):
        self.root = self.enterContext(new_folder())
        subprocess.run(["cmake", "--build", BUILD, "--target", "man"], check=True, capture_output=True)
        subprocess.run(["cmake", "--install", BUILD], check=True, capture_output=True,
                       env=os.environ | {"DESTDIR": str(self.root)})
        self.units = {name: self.root / f"usr/lib/systemd/system/{name}" for name in ("weir.service", "weir-probe@.service")}

    def test_the_program_runs_from_where_it_is_installed(self):
        status, said = run(self.root / "usr/bin/weir", "--version")
        self.assertEqual(status, 0, said)

    def test_the_settings_are_good(self):
        status, said = run(self.root / "usr/bin/weir", "config", "check", self.root / "etc/weir/weir.toml")
        self.assertEqual(status, 0, said)

    def test_manual_pages_name_every_command_and_key(self):
        manual = gzip.open(self.root / "usr/share/man/man1/weir.1.gz", "rt").read()
        _, usage = run(BUILD / "weir", "--help")
        commands = [line.split()[0] for line in usage.split("Subcommands:")[1].splitlines() if line.strip()]
        self.assertGreater(len(commands), 5)
        for command in commands:
            self.assertIn(f"weir {command}", manual)
        keys = gzip.open(self.root / "usr/share/man/man5/weir.toml.5.gz", "rt").read()
        for key in ("data", "store.budget", "exporters.sampling"):
            self.assertIn(f".B {key} = ", keys)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_systemd_takes_the_units_and_finds_them_confined(self):
        for name, unit in self.units.items():
            with self.subTest(name):
                status, said = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                                   f"--root={self.root}", name.replace("@", "@eth0"))
                self.assertEqual((status, said.strip()), (0, ""))
                status, said = run("systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE_MAX}",
                                   "--no-pager", str(unit))
                self.assertEqual(status, 0, said[-2000:])


@unittest.skipUnless(os.environ.get("WEIR_SOAK") and os.geteuid() == 0 and shutil.which("debootstrap"),
                     "needs WEIR_SOAK=1, root and debootstrap")
class InDebian(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["make", "deb"], cwd=SOURCE, check=True, stdin=subprocess.DEVNULL, capture_output=True)
        cls.package, = (SOURCE / "build/release").glob("weir_*.deb")
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="weir-deb-", dir="/var/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        sources = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Identifier: Packages"],
            capture_output=True, text=True, check=True).stdout.split("\n")
        lines = sorted({f"deb {line}" for line in sources if line.split()[1:] and line.split()[1].startswith("bookworm")})
        mirror = next(line.split()[1] for line in lines if line.split()[2] == "bookworm")
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", cls.root, mirror], check=True,
                       capture_output=True)
        cls.root.chmod(0o755)  # the service's user must pass it
        (cls.root / "etc/apt/sources.list").write_text("\n".join(lines) + "\n")
        proxies = subprocess.run("apt-config dump | grep -i '^Acquire::.*proxy' || true", shell=True,
                                 capture_output=True, text=True, check=True).stdout
        (cls.root / "etc/apt/apt.conf.d/90proxy").write_text(proxies)
        shutil.copy("/etc/resolv.conf", cls.root / "etc/resolv.conf")
        shutil.copy(cls.package, cls.root / "srv")

    def inside(self, *command):
        """Runs it in the folder, in a mount and process namespace of its own."""
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={self.root}/proc", "chroot",
                str(self.root), "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "DEBIAN_FRONTEND=noninteractive", "LANG=C.UTF-8", *command]

    def test_installed_started_purged(self):
        status, said = run(*self.inside("apt-get", "update"))
        self.assertEqual(status, 0, said)
        status, said = run(*self.inside("apt-get", "install", "-y", "--no-install-recommends",
                                        f"/srv/{self.package.name}"))
        self.assertEqual(status, 0, said)
        data = self.root / "var/lib/weir"
        self.assertEqual(data.stat().st_mode & 0o777, 0o750)
        self.assertEqual((self.root / "etc/weir/weir.toml").stat().st_mode & 0o777, 0o640)
        self.assertRegex((self.root / "etc/passwd").read_text(), r"(?m)^weir:.*:/var/lib/weir:/usr/sbin/nologin$")

        unit = unit_settings(self.root / "lib/systemd/system/weir.service")["Service"]
        command = shlex.split(unit["ExecStart"])
        serving = subprocess.Popen(self.inside("setpriv", f"--reuid={unit['User']}", f"--regid={unit['Group']}",
                                               "--clear-groups", "--no-new-privs", *command),
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(serving.kill)
        wait_until("the service answers", lambda: self.answers(data / "weir.sock", serving))
        self.assertEqual((data / "state.db").stat().st_uid, data.stat().st_uid)
        # unshare waits for the namespace's first process, which has become weir.
        children = pathlib.Path(f"/proc/{serving.pid}/task/{serving.pid}/children").read_text().split()
        os.kill(int(children[0]), 15)
        self.assertEqual(serving.wait(40), 0)
        self.assertRegex(serving.stdout.read(), r"The setup code is \S+")

        status, said = run(*self.inside("apt-get", "purge", "-y", "weir"))
        self.assertEqual(status, 0, said)
        left = [path for path in ("usr/bin/weir", "usr/lib/weir", "etc/weir", "lib/systemd/system/weir.service",
                                  "usr/share/doc/weir") if (self.root / path).exists()]
        self.assertEqual(left, [])
        self.assertTrue((data / "state.db").exists())  # what was collected is its owner's to delete

    def answers(self, socket_path, serving):
        if serving.poll() is not None:
            self.fail(f"it ended with {serving.returncode}: {serving.stdout.read()}")
        connection = UnixConnection(socket_path, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


if __name__ == "__main__":
    main()
