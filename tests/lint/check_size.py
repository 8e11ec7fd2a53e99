# SPDX-License-Identifier: MIT
"""Files and functions stay readable: 800 lines a source file, 400 a header, 80 a function, 120 columns a line."""
from lint import lines, main, of_kind

FILE_MAX = {".c": 800, ".h": 400, ".ts": 800, ".tsx": 800, ".mjs": 800, ".css": 800, ".py": 800}
FUNCTION_MAX = 80
LINE_MAX = 120


def long_functions(text):
    """A body is what lies between { and } alone in the first column (Linux braces, clang-format holds them)."""
    start = None
    for number, line in lines(text):
        if line == "{":
            start = number
        elif line == "}" and start:
            if number - start - 1 > FUNCTION_MAX:
                yield start, number - start - 1
            start = None


def check(tree):
    for path, text in of_kind(tree, tuple(FILE_MAX)).items():
        limit = FILE_MAX["." + path.rsplit(".", 1)[1]]
        if text.count("\n") > limit:
            yield "%s:1: %d lines, at most %d" % (path, text.count("\n"), limit)
        if not path.endswith((".c", ".h")):
            continue
        for number, length in long_functions(text):
            yield "%s:%d: a function of %d lines, at most %d" % (path, number, length, FUNCTION_MAX)
        for number, line in lines(text):
            if len(line) > LINE_MAX:
                yield "%s:%d: %d columns, at most %d (tests/lint/format)" % (path, number, len(line), LINE_MAX)


main(check,
     bad=[{"a.c": "x\n" * 801}, {"a.h": "x\n" * 401}, {"a.c": "int\nf(void)\n{\n" + "x;\n" * 81 + "}\n"},
          {"a.c": "x" * 121}],
     good=[{"a.c": "x\n" * 800}, {"a.c": "int\nf(void)\n{\n" + "x;\n" * 80 + "}\n"}, {"a.def": "x\n" * 2000}])
