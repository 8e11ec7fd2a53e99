# SPDX-License-Identifier: MIT
"""No note to self without an issue number; nothing left over from debugging."""
import re

from lint import lines, main

NOTE = re.compile(r"\b(TODO|FIXME|HACK)\b(?!.{0,3}#\d)")
LEFT = re.compile(r"\bconsole\.log\(|\bdebugger;|^\s*(?://|#)\s*(?:if|for|while|return|printf)\s*\(.*[;{]\s*$")
SOURCES = (".c", ".h", ".def", ".py", ".mjs", ".ts", ".tsx", ".css", ".sql", ".cmake", ".txt", ".md")


def check(tree):
    for path, text in tree.items():
        if not path.endswith(SOURCES) or path.startswith("tests/lint/"):
            continue
        for number, line in lines(text):
            if NOTE.search(line):
                yield "%s:%d: a note without an issue number" % (path, number)
            if LEFT.search(line) and path.startswith(("core/", "plugins/", "routes/", "sdk-headers/")) and "/test/" not in path:
                yield "%s:%d: left over from debugging, or code as a comment" % (path, number)


main(check,
     bad=[{"core/a.c": "x; /* TODO later */"}, {"core/dashboard/a.ts": "console.log(x)"}, {"core/a.c": "    // return (x);"}],
     good=[{"core/a.c": "/* TODO(#12): x */"}, {"a.md": "A todo list"}])
