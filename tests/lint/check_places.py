# SPDX-License-Identifier: MIT
"""Nothing of the machine it was written on: no home or checkout path, no address of a package registry."""
import re

from lint import lines, main

PLACE = re.compile(r"(?<![\w.])/(?:work/(?:main|shared|contract)|home/(?!ada\b|interlude\b)\w+|mnt/c|Users/\w+)")
REGISTRY = re.compile(r"https?://(?:[\w-]+\.)*(?:registry|mirror|mirrors|deb|proxy|artifact\w*|pypi|npm)[\w-]*\.[a-z]")
RESOLVED = re.compile(r'"resolved":\s*"http')


def check(tree):
    for path, text in tree.items():
        if path == "tests/lint/check_places.py":
            continue
        for number, line in lines(text):
            if PLACE.search(line):
                yield "%s:%d: a path of one machine" % (path, number)
            if REGISTRY.search(line) or (path.endswith("package-lock.json") and RESOLVED.search(line)):
                yield "%s:%d: the address of a registry" % (path, number)


main(check,
     bad=[{"a.md": "see /home/jo/x"}, {"a.c": "/work/main/core"}, {"a.sh": "curl https://registry.example.org/x"},
          {"b/package-lock.json": '"resolved": "https://r.example.org/x.tgz"'}],
     good=[{"a.md": "/usr/lib/x and https://example.org/registry"}, {"a.md": "core/work/main"}])
