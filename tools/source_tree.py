"""What the checks in tools/ share: the tracked files, and which of ours a file includes."""
import functools
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


@functools.cache
def tracked(*patterns):
    """Paths of the files git tracks, and of new ones it does not ignore, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(path for path in set(listed.splitlines()) if (ROOT / path).is_file())


@functools.cache
def read(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def includes(text):
    """The files of ours that `text` includes, as it names them: by path from src/."""
    return INCLUDE.findall(text)


def closure(path):
    """`path` and every file of ours it includes, directly or not, relative to the root."""
    seen, waiting = set(), [path]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        near = pathlib.PurePath(current).parent
        for name in includes(read(current)):
            waiting += [str(at) for at in (pathlib.PurePath("src") / name, near / name)
                        if (ROOT / at).is_file()][:1]
    return sorted(seen)
