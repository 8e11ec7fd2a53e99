# SPDX-License-Identifier: MIT
"""Shell scripts pass shellcheck. Skipped where that is not installed."""
import re
import shutil
import subprocess
import sys

from lint import main


def check(tree):
    for path, text in tree.items():
        if re.match(r"#!.*\b(ba)?sh\b", text):
            done = subprocess.run(["shellcheck", "--format=gcc", "-"], input=text, capture_output=True, text=True)
            yield from (line.replace("-:", path + ":", 1) for line in done.stdout.splitlines())


if not shutil.which("shellcheck"):
    print("skipped: no shellcheck")
    sys.exit(77)
main(check, bad=[{"a": "#!/bin/sh\nrm -rf $1/*\n"}], good=[{"a": "#!/bin/sh\necho \"$1\"\n"}])
