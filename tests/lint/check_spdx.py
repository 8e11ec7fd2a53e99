# SPDX-License-Identifier: MIT
"""Every source file says its licence in its first line (second behind #!), and C files then what they own."""
import re

from lint import main

SOURCES = (".c", ".h", ".def", ".py", ".sh", ".mjs", ".js", ".ts", ".tsx", ".css", ".sql", ".cmake", ".awk",
           "CMakeLists.txt", "Makefile")


def check(tree):
    for path, text in tree.items():
        if not (path.endswith(SOURCES) or text.startswith("#!")):
            continue
        head = text.split("\n")[:3]
        if not any("SPDX-License-Identifier: MIT" in line for line in (head[1:2] if text.startswith("#!") else head[:1])):
            yield "%s:1: the first line is not the SPDX line" % path
        if re.match(r"(core|sdk-headers)/.*\.[ch]$", path) and not head[1].startswith(("/*", "#")):
            yield "%s:2: no comment that says what this file owns" % path


main(check,
     bad=[{"a.c": "int x;\n"}, {"a": "#!/bin/sh\necho\n"}, {"core/a/a.c": "/* SPDX-License-Identifier: MIT */\nint x;\n"}],
     good=[{"core/a/a.c": "/* SPDX-License-Identifier: MIT */\n/* Owns a. */\n"}, {"a.md": "x"},
           {"a": "#!/bin/sh\n# SPDX-License-Identifier: MIT\n"}])
