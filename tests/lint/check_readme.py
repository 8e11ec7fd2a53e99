# SPDX-License-Identifier: MIT
"""README.md shows routes as they are in routes/, and its table of IO methods is what methods.def and the headers say.

usage: tests/lint/check_readme.py [--write]      (--write: brings the table up to date)
"""
import os
import re
import sys

from lint import ROOT, main

METHODS = "core/runtime/methods.def"
ROUTES = ("routes/hello.c", "routes/ping.c")
BEGIN, END = "<!-- methods: tests/lint/check_readme.py --write -->\n", "<!-- end of methods -->\n"
ROW = re.compile(r'^(INPUT|DISPLAY|REFUSED)\((?:(\w+), )?"(\w+)", "([^"]*)"(?:, (\w+)(?:, ([^,)\n]+))?)?', re.M)
STRUCT = re.compile(r"^typedef struct (il_\w+) \{\n    IL_HEAD;\n(.*?)^\} \1;", re.M | re.S)
# A plain member and whose it is alone, when its comment begins with that; or a callback.
MEMBER = re.compile(r"^    [a-z][^/\n]*?[\s*](\w+);(?: +/\*\*< ((?:IL_\w+(?:, )?)+):)?|^    il_status \(\*(\w+)\)\(", re.M)
WRITTEN_BY_MACROS = re.compile(r"^n_|^(option|item|column)_size$")


def options(tree, struct, macro):
    """The options of an item as its header has them."""
    for path, text in tree.items():
        for name, body in STRUCT.findall(text) if path.startswith("sdk-headers/") else ():
            for member, owners, callback in MEMBER.findall(body) if name == struct else ():
                if not WRITTEN_BY_MACROS.search(member) and (not owners or macro in owners.split(", ")):
                    yield "`.%s`" % (member or callback)


def table(tree):
    yield "| SDK (Node) | in C | answer | options |\n| --- | --- | --- | --- |\n"
    for kind, name, wire, sdk, struct, answer in ROW.findall(tree.get(METHODS, "")):
        sdk = "`%s`" % sdk if sdk else "%s, of old SDKs" % wire
        if kind == "REFUSED":
            yield "| %s | refused |  |  |\n" % sdk
            continue
        macro = "IL_" + name
        yield "| %s | `%s` | %s | %s |\n" % (sdk, macro, "`%s`" % answer if kind == "INPUT" else "",
                                             ", ".join(options(tree, struct, macro)))


def readme_with_table(tree):
    before, begin, rest = tree.get("README.md", "").partition(BEGIN)
    _, end, after = rest.partition(END)
    return before + BEGIN + "".join(table(tree)) + END + after if begin and end else None


def check(tree):
    text = tree.get("README.md", "")
    if METHODS in tree and text != readme_with_table(tree):
        yield "README.md:1: the table of IO methods is not current: tests/lint/check_readme.py --write"
    for path in ROUTES:
        if path in tree and tree[path].partition("#include <interlude.h>\n")[2] not in text:
            yield "README.md:1: does not show %s as it is" % path


if "--write" in sys.argv:
    with open(os.path.join(ROOT, "README.md"), "r+", encoding="utf-8") as file:
        tree = {"README.md": file.read()}
        for folder in ("core/runtime", "sdk-headers/interlude"):
            for name in os.listdir(os.path.join(ROOT, folder)):
                with open(os.path.join(ROOT, folder, name), encoding="utf-8") as source:
                    tree[folder + "/" + name] = source.read()
        new = readme_with_table(tree)
        file.seek(0)
        file.truncate()
        file.write(new)

SAMPLE = 'INPUT(TEXT, "INPUT_TEXT", "io.input.text", il_text, const char *, text, 0)\n'
HEADER = "typedef struct il_text {\n    IL_HEAD;\n    int lines; /**< Height. */\n    size_t n_items;\n} il_text;\n"
TABLE = ("| SDK (Node) | in C | answer | options |\n| --- | --- | --- | --- |\n"
         "| `io.input.text` | `IL_TEXT` | `const char *` | `.lines` |\n")
main(check,
     bad=[{METHODS: SAMPLE, "README.md": BEGIN + END}, {METHODS: SAMPLE, "README.md": ""},
          {"README.md": "other", "routes/ping.c": "#include <interlude.h>\nint x;\n"}],
     good=[{METHODS: SAMPLE, "sdk-headers/interlude/input.h": HEADER, "README.md": "a\n" + BEGIN + TABLE + END + "b\n"},
           {"README.md": "#include <interlude.h>\nint x;\n", "routes/ping.c": "/* why */\n#include <interlude.h>\nint x;\n"}])
