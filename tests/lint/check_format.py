# SPDX-License-Identifier: MIT
"""C is as clang-format 14 and .clang-format have it; tests/lint/format puts it so. Skipped where another version is."""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

from lint import ROOT, main, of_kind

TOOL = shutil.which("clang-format-14") or shutil.which("clang-format")


def formatted(path_and_text):
    path, text = path_and_text
    done = subprocess.run([TOOL, "--assume-filename=" + os.path.join(ROOT, path)], input=text, capture_output=True,
                          text=True, check=True)
    return path if done.stdout != text else None


def check(tree):
    files = of_kind(tree, (".c", ".h"), ("core/", "plugins/", "routes/", "sdk-headers/", "tests/"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path in filter(None, pool.map(formatted, files.items())):
            yield "%s:1: not formatted: tests/lint/format %s" % (path, path)


if not TOOL or not re.search(r"version 14\.", subprocess.run([TOOL, "--version"], capture_output=True, text=True).stdout):
    print("skipped: no clang-format 14")
    sys.exit(77)
main(check, bad=[{"core/a.c": "int  x;\n"}], good=[{"core/a.c": "int x;\n"}])
