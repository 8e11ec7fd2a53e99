# SPDX-License-Identifier: MIT
"""Commit subjects: `area: what it does`, at most 72 characters, area = a folder of the repository or of core/."""
import os
import re
import subprocess

from lint import ROOT, main

SUBJECT = re.compile(r"^([a-z0-9-]+(?:, [a-z0-9-]+)*): \S.*[^.\s]$")
AREAS = {"ci", "changelog", "docs", "build", "release"}
# Written before this check was; history is not rewritten.
EXCUSED = {"58643e3", "7c9939c", "aa29959", "e62d93c", "8344bff", "e2cc90b", "9236ff0",
           "941b38e", "ff42959", "9181ebd", "5e1caed", "f249274",
           "1015085", "f40ba3d", "28c87b3", "0d45e28", "a2048d8", "500776d", "c6a3ae7", "b1a089d",
           "d43a26e", "666035b", "24c6381", "1ce0b1d"}


def areas():
    found = set(AREAS)
    for folder in ("", "core", "tests", "plugins", "packaging"):
        path = os.path.join(ROOT, folder)
        if os.path.isdir(path):
            found.update(name for name in os.listdir(path) if os.path.isdir(os.path.join(path, name)))
    return found


def subjects():
    log = subprocess.run(["git", "-C", ROOT, "log", "--no-merges", "--abbrev=7", "--format=%h %s"], check=True, capture_output=True, text=True)
    return dict(line.split(" ", 1) for line in log.stdout.splitlines())


def check(commits):
    known = areas()
    for commit, subject in commits.items():
        form = SUBJECT.match(subject)
        if commit in EXCUSED:
            continue
        if len(subject) > 72:
            yield "%s: %d characters: %s" % (commit, len(subject), subject)
        elif not form:
            yield "%s: not `area: what it does`: %s" % (commit, subject)
        else:
            yield from ("%s: no folder is named %s: %s" % (commit, area, subject)
                        for area in form.group(1).split(", ") if area not in known)


main(lambda tree: check(tree if len(tree) == 1 else subjects()),
     bad=[{"1": "Fix things"}, {"1": "nowhere: adds it"}, {"1": "core: " + "x" * 70}, {"1": "core: ends with a stop."}],
     good=[{"1": "store: keeps what was answered"}, {"1": "base, loop: wakes once"}])
