# SPDX-License-Identifier: MIT
"""C is as clang-format 14 and .clang-format have it; tests/lint/format puts it so. Skipped where another version is."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from lint import ROOT, main, of_kind

TOOL = shutil.which("clang-format-14") or shutil.which("clang-format")
STYLE = ".clang-format"
FOUND = re.compile(r"^(\S+):(\d+):\d+: warning: code should be clang-formatted", re.M)


def check(tree):
    """One process looks at all files: its start takes longer than most of them."""
    files = of_kind(tree, (".c", ".h"), ("core/", "plugins/", "routes/", "sdk-headers/", "tests/"))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(ROOT, STYLE), folder)
        for path, text in {**of_kind(tree, (STYLE,)), **files}.items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                file.write(text)
        said = subprocess.run([TOOL, "--dry-run", *files], cwd=folder, stderr=subprocess.PIPE, text=True, check=True).stderr
    seen = set()
    for path, line in FOUND.findall(said):
        if path not in seen:
            yield "%s:%s: not formatted: tests/lint/format %s" % (path, line, path)
        seen.add(path)


if not TOOL or not re.search(r"version 14\.", subprocess.run([TOOL, "--version"], capture_output=True, text=True).stdout):
    print("skipped: no clang-format 14")
    sys.exit(77)
main(check, bad=[{"core/a.c": "int  x;\n"}], good=[{"core/a.c": "int x;\n"}])
