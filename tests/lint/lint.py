# SPDX-License-Identifier: MIT
"""What the checks of this folder share. A check is a function: tree (path -> text) in, "path:line: what is wrong" out."""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
C_FILES = (".c", ".h", ".def")


def tracked():
    """The files of the repository as they are in the working tree; unreadable as text: left out."""
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    tree = {}
    for name in filter(None, names.split("\0")):
        try:
            with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                tree[name] = file.read()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
    return tree


def of_kind(tree, suffixes, folders=("",)):
    return {path: text for path, text in tree.items() if path.endswith(suffixes) and path.startswith(tuple(folders))}


def lines(text):
    return enumerate(text.split("\n"), 1)


def code(text):
    """C without comments and the insides of strings; lines keep their numbers."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return token.sub(lambda m: '""' if m.group(0)[0] in "\"'" else "\n" * m.group(0).count("\n"), text)


def main(check, bad, good=()):
    """First the check itself: each tree of `bad` has a finding, none of `good`. Then the repository."""
    for sample in bad:
        assert list(check(sample)), "the check does not see what is wrong in %r" % sample
    for sample in good:
        assert not list(check(sample)), "the check refuses %r: %r" % (sample, list(check(sample)))
    findings = list(check(tracked()))
    print("\n".join(findings) if findings else "ok")
    sys.exit(1 if findings else 0)
