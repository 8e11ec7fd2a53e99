# SPDX-License-Identifier: MIT
"""Who includes whom: layers.txt."""
import os
import re

from lint import C_FILES, lines, main, of_kind

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"/]+)/[^"]*"')
OUTSIDE = {"interlude", "interlude.h", "sql"}  # sdk-headers, and rows made from sql/


def layers():
    """Folder -> folders it may include."""
    allowed, below = {}, []
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.txt"), encoding="utf-8") as file:
        for line in file:
            name, _, named = line.split("#")[0].strip().partition(":")
            if named:
                allowed[name] = {name, *named.split()}
            elif name:
                below.append(name)
                allowed[name] = set(below)
    return allowed


def check(tree):
    allowed = layers()
    for path, text in of_kind(tree, C_FILES).items():
        parts = path.split("/")
        if parts[0] == "core" and len(parts) > 2:
            may = allowed.get(parts[1], set()) | OUTSIDE
        elif parts[0] in ("plugins", "routes", "sdk-headers"):
            may = None  # anything but the core: their own parts lie in folders too
        else:
            continue  # core/main.c and the tests see everything
        if parts[0] == "core" and parts[1] not in allowed:
            yield "%s:1: core/%s is not in layers.txt" % (path, parts[1])
            continue
        for number, line in lines(text):
            found = INCLUDE.match(line)
            if found and (found.group(1) in allowed if may is None else found.group(1) not in may):
                yield "%s:%d: %s may not include %s" % (path, number, "/".join(parts[:2]), found.group(1))


main(check,
     bad=[{"core/base/a.c": '#include "host/host.h"'}, {"core/runtime/a.c": '#include "loop/loop.h"'},
          {"core/new/a.c": ""}, {"routes/a.c": '#include "base/buf.h"'}, {"plugins/s3/a.c": '#include "store/store.h"'},
          {"core/json/a.c": '#include "runtime/io.h"'}],
     good=[{"core/host/a.c": '#include "base/buf.h"\n#include "link/frame.h"'}, {"core/main.c": '#include "cli/cli.h"'},
           {"core/runtime/a.c": '#include "interlude/api.h"\n#include "link/frame.h"'}])
