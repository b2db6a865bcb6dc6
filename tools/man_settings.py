#!/usr/bin/env python3
"""Makes weir.toml(5) of what `weir config --explain` prints, so that the two cannot differ.

usage: tools/man_settings.py WEIR >weir.toml.5
"""
import subprocess
import sys

HEAD = r'''.TH WEIR.TOML 5 2026-11-23 "weir 0.1" "Weir"
.SH NAME
weir.toml \- settings of weir
.SH DESCRIPTION
Weir reads the file named with
.BR "weir serve \-\-config" ,
else
.I ./weir.toml
if it is there. It is TOML; a key with a dot is written so, or below its table:
.BR log.level ,
or
.B level
below
.BR [log] .
An unknown key or a wrong value is refused with its line and what was expected:
.B weir config check
.I FILE
says it without starting anything. Flags of
.B weir serve
win over the file; what is set in the browser is kept in the data folder, and the file wins over it.
.SH KEYS
'''
TAIL = r'''.SH SEE ALSO
.BR weir (1)
'''


def roff(text):
    """Text that roff prints as it is."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return r"\&" + text if text.startswith((".", "'")) else text


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    said = subprocess.run([sys.argv[1], "config", "--explain"], capture_output=True, text=True, check=True).stdout
    page, meaning = HEAD, []
    for line in said.split("\n\n", 1)[1].splitlines():
        if line.startswith("# "):
            meaning.append(roff(line[2:]))
        elif line:
            page += f".TP\n.B {roff(line)}\n" + "\n.br\n".join(meaning) + "\n"
            meaning = []
    print(page + TAIL, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
