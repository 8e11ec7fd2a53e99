# SPDX-License-Identifier: MIT
"""tests/wire/fixtures: raw requests, and the events they become; `{{...}}` in those stands for what differs each time."""
import json
import os
import re

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire", "fixtures")
HEX = "[0-9a-f]"
PATTERNS = {
    "uuid": HEX + "{8}(-" + HEX + "{4}){3}-" + HEX + "{12}",
    "ip": r"[0-9a-f.:]+",
    "port": r"\d{1,5}",
    "clf": r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000",
    "epochMs": r"\d{13}",
    "trace": "Root=1-" + HEX + "{8}-" + HEX + "{24}(;Parent=" + HEX + "{16})?(;Sampled=[01])?",
    "account": r"\d{12}",
    "md5hex": HEX + "{32}",
    "iso8601-minute": r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z",
}


def request(name):
    """The bytes of a raw request."""
    with open(os.path.join(FOLDER, name + ".request.http"), "rb") as file:
        return file.read()


def event(name):
    with open(os.path.join(FOLDER, name + ".event.expected.json"), encoding="utf-8") as file:
        return json.load(file)


def names(kind):
    """"rest-v1" or "httpapi-v2": its fixtures that have a request."""
    return sorted(name.removesuffix(".request.http") for name in os.listdir(FOLDER)
                  if name.startswith(kind) and name.endswith(".request.http"))


def responses():
    """Rows of responses.tsv: result, peer http, peer httpApi, ours rest, ours httpapi."""
    with open(os.path.join(FOLDER, "responses.tsv"), encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]


def difference(wanted, got, where="event"):
    """What is wrong with `got`, in words; None: it is as expected."""
    mark = re.fullmatch(r"\{\{([\w-]+)\}\}", wanted) if isinstance(wanted, str) else None
    if mark:
        is_number = mark[1] == "epochMs"
        fits = isinstance(got, int if is_number else str) and re.fullmatch(PATTERNS.get(mark[1], "(?s).+"), str(got))
        return None if fits else "%s is %r, not %s" % (where, got, wanted)
    if isinstance(wanted, dict) and isinstance(got, dict):
        if wanted.keys() != got.keys():
            return "%s lacks %s and has %s too much" % (where, sorted(wanted.keys() - got.keys()), sorted(got.keys() - wanted.keys()))
        return next(filter(None, (difference(wanted[key], got[key], where + "." + key) for key in wanted)), None)
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        return next(filter(None, (difference(a, b, "%s[%d]" % (where, i)) for i, (a, b) in enumerate(zip(wanted, got)))), None)
    return None if wanted == got and type(wanted) is type(got) else "%s is %r, not %r" % (where, got, wanted)
