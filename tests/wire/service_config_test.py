# SPDX-License-Identifier: MIT
"""Small serverless.yml files with what `interlude print` must make of them, one file each in service_config/.

The first lines of a case say what is given and expected; lines are counted without them:
    #| args -s prod                 command line
    #| env A=1                      the environment
    #| value custom.a {"b": 1}      what is at that path, as JSON
    #| error 4:9 some text          a problem with its line, column, and a part of its sentence; FILE:4:9 elsewhere;
    #| warning - some text          - : it has no place. All problems must be listed.
    #|      4 | the line            a line of what is printed about them, such as one of an excerpt
    #| bytes                        <E4> in the files is that byte
Other files follow behind a line `#=== name`. A case named NAME.json has its directives in NAME.expect.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "service_config")
INTERLUDE = os.environ["INTERLUDE"]
PROBLEM = re.compile(r"^(?:(\S+?):(\d+:\d+): )?(error|warning): (.*)$")


def read(name):
    """(directives, files by name)"""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        text = file.read()
    head = text
    if name.endswith(".json"):
        with open(os.path.join(HERE, name[:-5] + ".expect"), encoding="utf-8") as file:
            head = file.read()
    directives = [(line[3:].split(" ", 1) + [""])[:2] for line in head.split("\n") if line.startswith("#| ")]
    if not name.endswith(".json"):
        text = re.sub(r"\A(#\| .*\n)*", "", text)
    parts = re.split(r"^#=== (\S+)\n", text, flags=re.M)
    files = {"serverless" + os.path.splitext(name)[1]: parts[0]}
    files.update(zip(parts[1::2], parts[2::2]))
    return directives, files


def run(directives, files):
    args, env = [], {"PATH": os.environ["PATH"]}
    for kind, rest in directives:
        if kind == "args":
            args += rest.split()
        elif kind == "env":
            env.update([rest.split("=", 1)])
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            data = text.encode()
            if ["bytes", ""] in directives:
                data = re.sub(rb"<([0-9A-F]{2})>", lambda match: bytes([int(match.group(1), 16)]), data)
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        done = subprocess.run([INTERLUDE, "print", "--format", "json", *args], cwd=folder, env=env, timeout=60,
                              capture_output=True, encoding="utf-8", check=False)
    return done


def at_path(value, path):
    for key in path.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def problems_of(done):
    found = []
    for match in filter(None, map(PROBLEM.match, done.stderr.split("\n"))):
        file, place, kind, text = match.groups()
        if file and not file.startswith("serverless."):
            place = "%s:%s" % (file, place)
        found.append((kind, place or "-", text))
    return found


def check(name):
    directives, files = read(name)
    done = run(directives, files)
    found = problems_of(done)
    if done.returncode not in (0, 1) or (done.returncode == 1) != any(kind == "error" for kind, _, _ in found):
        yield "exit code %d: %s" % (done.returncode, done.stderr)
    for kind, rest in directives:
        if kind == "value":
            path, _, wanted = rest.partition(" ")
            try:
                value = at_path(json.loads(done.stdout), path)
            except (ValueError, KeyError, IndexError) as error:
                yield "%s: %r in %s" % (path, error, done.stdout or done.stderr)
                continue
            if json.dumps(value) != json.dumps(json.loads(wanted)):
                yield "%s is %s, not %s" % (path, json.dumps(value), wanted)
        elif not kind:
            if " " + rest not in done.stderr.split("\n"):
                yield "not printed: %s" % rest
        elif kind in ("error", "warning"):
            place, _, text = rest.partition(" ")
            hit = next((one for one in found if one[0] == kind and one[1] == place and text in one[2]), None)
            if hit:
                found.remove(hit)
            else:
                yield "no %s at %s with: %s" % (kind, place, text)
    for kind, place, text in found:
        yield "not expected: %s %s %s" % (kind, place, text)


def main():
    names = sorted(name for name in os.listdir(HERE) if name.endswith((".yml", ".json")))
    assert len(names) >= 60, "only %d cases are there" % len(names)
    failed = 0
    for name in names:
        for fault in check(name):
            failed += 1
            print("%s: %s" % (name, fault))
    print("%d cases, %d faults" % (len(names), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
