# SPDX-License-Identifier: MIT
"""The same twelve lines of code in two places: one of them should call the other."""
import re

from lint import lines, main, of_kind

WINDOW = 12
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/', re.S)
DULL = re.compile(r"^\s*(#\s*include|[{}();]*\s*$|break;|return;)")


def telling(text):
    """(line number, line without its spacing) of what says something."""
    text = COMMENT.sub(lambda comment: "\n" * comment.group(0).count("\n"), text)
    return [(number, " ".join(line.split())) for number, line in lines(text) if not DULL.match(line)]


def check(tree):
    seen = {}
    for path, text in sorted(of_kind(tree, (".c", ".h"), ("core/", "plugins/")).items()):
        kept, skip = telling(text), 0
        for at in range(len(kept) - WINDOW + 1):
            window = tuple(line for _, line in kept[at:at + WINDOW])
            first = seen.setdefault(window, (path, kept[at][0]))
            if first != (path, kept[at][0]) and at >= skip:
                yield "%s:%d: the same as %s:%d" % (path, kept[at][0], *first)
                skip = at + WINDOW


SAMPLE = "\n".join("    call(%d);" % i for i in range(WINDOW))
main(check, bad=[{"core/a/a.c": SAMPLE, "core/b/b.c": "int x;\n" + SAMPLE}],
     good=[{"core/a/a.c": SAMPLE}, {"core/a/a.c": SAMPLE, "tests/b.c": SAMPLE}])
