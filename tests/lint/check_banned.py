# SPDX-License-Identifier: MIT
"""Functions nobody calls here, and where the process may be ended."""
import re

from lint import C_FILES, code, lines, main, of_kind

BANNED = {
    "sprintf": "snprintf or buf_printf", "vsprintf": "vsnprintf", "strcpy": "struct str or buf", "strcat": "buf",
    "strncpy": "it may leave out the NUL", "strtok": "it keeps state", "gets": "it cannot be used safely",
    "atoi": "it hides errors", "atol": "it hides errors", "system": "posix_spawn", "popen": "posix_spawn",
    "alloca": "the stack has an end", "tmpnam": "mkstemp",
}
CALL = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED))
END = re.compile(r"(?<![\w.>])(exit|_exit|_Exit|quick_exit|abort)\s*\(")
# A runner is one module's process and may leave from where it sees that nothing can go on; stop.c: the second signal.
MAY_END = ("core/main.c", "core/cli/", "core/runtime/", "core/base/err.c", "core/base/mem.c", "core/server/stop.c")


def check(tree):
    for path, text in of_kind(tree, C_FILES, ("core/", "plugins/", "routes/", "sdk-headers/", "tests/")).items():
        for number, line in lines(code(text)):
            for name in CALL.findall(line):
                if not path.startswith("tests/modules/"):
                    yield "%s:%d: %s is banned: %s" % (path, number, name, BANNED[name])
            for name in END.findall(line):
                if path.startswith("core/") and not path.startswith(MAY_END):
                    yield "%s:%d: %s outside main.c, cli/, runtime/ and the assert" % (path, number, name)


main(check,
     bad=[{"core/a/a.c": "x = sprintf(b, f);"}, {"routes/a.c": "atoi(s)"}, {"core/http/a.c": "exit(1);"},
          {"core/a/a.c": "/* a\n */ abort();"}],
     good=[{"core/a/a.c": "snprintf(b, n, f); /* sprintf(x) */ const char *s = \"exit(1)\"; at_exit(x); o->exit(1);"},
           {"core/cli/a.c": "exit(1);"}])
