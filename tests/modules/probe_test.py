# SPDX-License-Identifier: MIT
"""What a runner says about good files, and the one readable sentence about each kind of bad one."""
import os
import shlex
import shutil
import subprocess
import tempfile

from runner import MODULES, probe, run_tests

SOURCE = os.environ.get("INTERLUDE_SOURCE", ".")


def module(name):
    return os.path.join(MODULES, name + ".so")


def sentence(path, *words):
    report, code = probe(path)
    assert code == 0 and set(report) == {"error"}, (report, code)
    text = report["error"]
    assert all(word in text for word in words), text
    assert path not in text and len(text) < 400 and text[0].isupper() and text.rstrip().endswith((".", "…")), text
    return text


def with_bytes(data):
    file = tempfile.NamedTemporaryFile(suffix=".so")
    file.write(data)
    file.flush()
    return file


def compile_module(text, *flags):
    out = tempfile.NamedTemporaryFile(suffix=".so")
    subprocess.run([os.environ.get("CC", "cc"), "-std=gnu17", "-shared", "-fPIC", "-I", os.path.join(SOURCE, "sdk-headers"), "-x", "c", "-",
                    "-o", out.name, *flags], input=text.encode(), check=True)
    return out


def test_good_file():
    report, code = probe(module("samples/hello"))
    assert code == 0 and report["abi"][0] == 1
    (route,) = report["routes"]
    assert route == {"kind": "action", "slug": "hello", "symbol": "hello", "name": "Say hello", "description": None, "unlisted": False,
                     "backgroundable": False, "warnOnClose": True, "hasHandler": True, "access": None, "method": None, "path": None,
                     "cors": False, "private": False, "timeoutMs": 0}, route


def test_function_and_own_slug():
    report, _ = probe(module("echo"))
    (route,) = report["routes"]
    assert (route["kind"], route["slug"], route["method"], route["path"]) == ("function", "", "ANY", "echo/{id}")


def test_every_sample_is_good():
    for name in sorted(os.listdir(os.path.join(MODULES, "samples"))):
        if name.endswith(".so"):
            report, code = probe(os.path.join(MODULES, "samples", name))
            assert code == 0 and "routes" in report, (name, report)


def test_bad_files():
    good = open(module("samples/ping"), "rb").read()
    with with_bytes(b"") as file:
        sentence(file.name, "empty")
    with with_bytes(b"#include <interlude.h>\n" * 100) as file:
        sentence(file.name, "not a shared object")
    for share in (20, 100, len(good) // 4, len(good) // 2, len(good) - 1):
        with with_bytes(good[:share]) as file:
            sentence(file.name, "truncated")
    other = 183 if good[18] != 183 else 62  # e_machine: aarch64, x86-64
    with with_bytes(good[:18] + bytes([other, 0]) + good[20:]) as file:
        sentence(file.name, "64-bit ARM" if other == 183 else "x86-64", "this machine is")
    sentence(os.path.abspath(shutil.which("true")), "")
    with tempfile.TemporaryDirectory() as folder:
        sentence(folder, "not a regular file")
        sentence(folder + "/missing.so", "cannot be read")


def test_bad_modules():
    sentence(module("wrong_abi"), "99.3", "1.2", "upgrade")
    sentence(module("no_symbol"), "interlude_module", "IL_ACTION")
    sentence(module("same_slug"), "twice")
    sentence(module("bad_slug"), "a/../../b")
    with compile_module('int missing_thing(void); int interlude_module(void) { return missing_thing(); }') as file:
        sentence(file.name, "missing_thing", "// link:")
    with compile_module('const unsigned interlude_module[30] = { 1, 2, 3 };') as file:
        sentence(file.name, "interlude_module starts with 0x00000001")
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "libgone.so")
        subprocess.run([*shlex.split("cc -shared -fPIC -x c - -o"), library], input=b"int gone(void) { return 1; }", check=True)
        with compile_module("int gone(void); int interlude_module(void) { return gone(); }", "-L", folder, "-lgone") as file:
            os.unlink(library)
            sentence(file.name, "libgone.so", "not installed")


def test_constructors_may_do_anything():
    report, code = probe(module("crash_in_constructor"))
    assert report is None and code < 0
    try:
        probe(module("hang_in_constructor"), timeout=0.3)
        raise AssertionError("it came back")
    except subprocess.TimeoutExpired:
        pass


def test_damaged_files():
    """Whatever the bytes: a report, or a failed child (the loader itself ends with 127). Never a hanging one."""
    import random
    chance = random.Random(11)
    good = open(module("samples/ping"), "rb").read()
    for _ in range(200):
        damaged = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(min(len(damaged), 4096))] = chance.randrange(256)
        with with_bytes(damaged) as file:
            report, code = probe(file.name)
            assert code != 0 or report, (code, report)


run_tests(globals())
