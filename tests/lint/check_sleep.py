# SPDX-License-Identifier: MIT
"""Tests wait for a condition, never for a time. A pause between two looks at a condition belongs to a function wait_…"""
import re

from lint import lines, main, of_kind

PAUSE = re.compile(r"(?<![\w])(sleep|usleep|nanosleep|waitForTimeout)\s*\(|setTimeout\((resolve|done|r|ok)\b")
INSIDE = re.compile(r"^\s*(?:async |export |static |await )*(?:def|function|const|bool|void|int)?\s*\**(\w+)\s*(?:=\s*(?:async )?)?\(")
TESTS = (".c", ".h", ".py", ".mjs", ".js", ".ts")


def check(tree):
    for path, text in of_kind(tree, TESTS, ("tests/", "core/dashboard/test/")).items():
        if path.startswith(("tests/modules/", "tests/lint/")) or "/mock-" in path:
            continue  # modules that misbehave on purpose, this file, servers that are slow on purpose
        function = ""
        for number, line in lines(text):
            starts = INSIDE.match(line)
            if starts and (line[:1] not in " \t" or re.match(r"\s*(async )?(def|function)\b", line)):
                function = starts.group(1)
            if PAUSE.search(line) and not function.startswith("wait"):
                yield "%s:%d: sleeps; wait for the condition instead" % (path, number)


main(check,
     bad=[{"tests/a.py": "def test_x():\n    time.sleep(1)\n"}, {"tests/a.c": "static void\ntest_a(void)\n{\n  usleep(1);"},
          {"tests/a.mjs": "await page.waitForTimeout(100)"}, {"tests/a.mjs": "new Promise(r => setTimeout(r, 5))"}],
     good=[{"tests/a.py": "def wait_until(ready):\n    while not ready():\n        time.sleep(0.01)\n"},
           {"tests/a.mjs": "async function waitFor(ready) {\n    await new Promise(r => setTimeout(r, 5))\n}"},
           {"tests/a.mjs": "setTimeout(() => process.exit(1), 1000)"}])
