# SPDX-License-Identifier: MIT
"""Files and folders that the documents name in `code` exist, and so do the targets of relative links."""
import os
import re

from lint import ROOT, main, of_kind

NAMED = re.compile(r"`([A-Za-z][\w./-]*(?:\.(?:c|h|def|py|mjs|tsx?|sql|md|cmake|txt)|/))`")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
# What a reader makes, or finds on an installed system.
ELSEWHERE = re.compile(r"^(build|routes|dist|node_modules|DATA|data|DIR)/|^(greet|ping|x|hello)\.c$|^/")


def check(tree):
    folders = {"/".join(path.split("/")[:depth]) + "/" for path in tree for depth in range(1, path.count("/") + 1)}
    names = set(tree) | folders
    for path, text in of_kind(tree, (".md",)).items():
        if path == "CHANGELOG.md":
            continue
        here = path.rpartition("/")[0]
        for number, line in enumerate(text.split("\n"), 1):
            for name in NAMED.findall(line):
                where = [name, "core/" + name, here + "/" + name, "sdk-headers/" + name]
                if not ELSEWHERE.match(name) and not any(place in names for place in where):
                    yield "%s:%d: there is no %s" % (path, number, name)
            for target in LINK.findall(line):
                place = (here + "/" + target).lstrip("/")
                if place not in names and not os.path.exists(os.path.join(ROOT, place)):  # a picture is no text
                    yield "%s:%d: the link to %s leads nowhere" % (path, number, target)


main(check,
     bad=[{"README.md": "see `core/nothing.c`"}, {"README.md": "[x](missing.md)"}, {"README.md": "the `nowhere/` folder"}],
     good=[{"README.md": "`loop/a.c`, `core/loop/` and [x](B.md), `build/x.c`", "core/loop/a.c": "", "B.md": ""}])
