# SPDX-License-Identifier: MIT
"""sdk-headers as authors meet them: the samples compile without a warning, mistakes do not, and a module exports one symbol."""
import glob
import os
import re
import shutil
import subprocess
import tempfile

from runner import run_tests

SOURCE = os.environ.get("INTERLUDE_SOURCE", ".")
HEADERS = os.path.join(SOURCE, "sdk-headers")
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]
# What strict authors add to module-flags.
STRICT = ["-std=c17", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]

with open(os.path.join(HEADERS, "module-flags"), encoding="utf-8") as file:
    FLAGS = file.read().split()


def compile_module(compiler, source, *more):
    """The exported symbols, and what the compiler said."""
    with open(source, encoding="utf-8") as text:
        libraries = ["-lsqlite3"] if "sqlite3.h" in text.read() else []
    with tempfile.NamedTemporaryFile(suffix=".so") as out:
        done = subprocess.run([compiler, *FLAGS, *more, "-I", HEADERS, "-o", out.name, source, *libraries],
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            return None, done.stderr
        names = subprocess.run(["nm", "-D", "--defined-only", "-P", out.name], stdout=subprocess.PIPE, text=True, check=True)
        return [line.split()[0] for line in names.stdout.splitlines()], done.stderr


def sources(folder):
    found = sorted(glob.glob(os.path.join(SOURCE, "tests/modules", folder, "*.c")))
    assert found
    return found


def test_samples():
    for compiler in COMPILERS:
        for source in sources("samples"):
            for more in ([], STRICT):
                names, said = compile_module(compiler, source, *more)
                assert names == ["interlude_module"], (compiler, source, names, said)
                assert not said, (compiler, source, said)


def test_mistakes():
    for compiler in COMPILERS:
        for source in sources("refused"):
            names, said = compile_module(compiler, source)
            assert names is None or "warning:" in said, (compiler, source)


def test_every_header_stands_alone():
    for compiler in COMPILERS:
        for header in sorted(glob.glob(os.path.join(HEADERS, "interlude", "*.h"))):
            flags = [flag for flag in FLAGS if flag != "-shared" and not flag.startswith("-Wl,")] + STRICT
            done = subprocess.run([compiler, *flags, "-fsyntax-only", "-I", HEADERS, "-include", header, "-x", "c", "/dev/null"],
                                  stderr=subprocess.PIPE, text=True, check=False)
            assert not done.returncode and not done.stderr, (compiler, header, done.stderr)


def is_documented(lines, number):
    """A doc comment above line `number` (perhaps above its neighbours' conditions), or behind it."""
    if "/**<" in lines[number]:
        return True
    above = number - 1
    while lines[above].startswith(("#if", "/* clang-format")):
        above -= 1
    return lines[above].rstrip().endswith("*/") and "/**<" not in lines[above]


def test_everything_is_documented():
    """Each macro and each option; names that end in _ are not public, and the function table is documented where it is called."""
    for header in sorted(glob.glob(os.path.join(HEADERS, "interlude", "*.h"))):
        with open(header, encoding="utf-8") as text:
            lines = text.read().split("\n")
        in_struct = False
        for number, line in enumerate(lines):
            if re.match(r"(typedef )?struct \w+ \{", line) or re.match(r"typedef enum", line):
                in_struct = "il_api" not in line and "il_item {" not in line
                assert is_documented(lines, number), (header, number + 1, line)
            elif line.startswith("}"):
                in_struct = False
            macro = re.match(r"#define (IL_\w*[^_\W])\b", line)
            option = in_struct and re.match(r"    \w.*;", line) and not re.match(r"    (IL_HEAD|IL_ITEM_FIELDS|uint32_t size);?", line)
            if macro or option:
                assert is_documented(lines, number), (header, number + 1, line)


run_tests(globals())
