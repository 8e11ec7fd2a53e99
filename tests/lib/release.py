# SPDX-License-Identifier: MIT
"""Releases of one service: two functions and a route whose answers say which of them they are, what was asked, and the release,
twice: as it was compiled in and as it stands in the environment. Compiled once; every release is the first with other
bytes."""
from artefact import Artefact

SOURCE = """
    #include <interlude.h>
    #include <poll.h>
    #include <stdlib.h>
    #include <string.h>

    static const char *const volatile code = "release-0000";

    static il_status handler(il_request *req, il_response *res)
    {
        const char *ms = il_query(req, "ms"), *number = il_query(req, "n"), *text;

        if (ms)
            poll(NULL, 0, atoi(ms));
        text = il_rfmt(req, "NAME %s %s %s", number ? number : "-", code, getenv("RELEASE"));
        return il_respond(res, 200, "text/plain", text, strlen(text));
    }
    IL_FUNCTION(handler, .method = "ANY");
    """
CONFIG = """
    service: shop
    provider: { name: interlude, environment: { RELEASE: release-0000 } }
    package: { patterns: ['!**', 'dist/*.so'] }
    functions:
      quote: { handler: dist/quote.handler, events: [ { http: ANY /quote } ] }
      twin: { handler: dist/twin.handler, events: [ { http: ANY /twin } ] }
    """
NAMES = "quote", "twin", "note"


def name_of(number):
    return "release-%04d" % number


class Releases:
    """Made of what a Deployer packs; times go up by one."""

    def __init__(self, deployer):
        for name, folder in zip(NAMES, ("dist", "dist", "routes")):
            deployer.write("%s/%s.c" % (folder, name), SOURCE.replace("NAME", name))
        self.base, self.stamp = deployer.packed(CONFIG)
        self.stamps = {}

    def make(self, number):
        """The artefact and its time."""
        artefact = Artefact(self.base)
        artefact.replace(name_of(0), name_of(number))
        self.stamp += 1
        self.stamps[number] = self.stamp
        return artefact.build(self.stamp), self.stamp

    def make_function(self, number):
        """The same of quote alone, code and settings."""
        artefact = Artefact(self.base)
        artefact.replace(name_of(0), name_of(number))
        artefact.files = {"dist/quote.so": artefact.files["dist/quote.so"]}
        artefact.manifest["functions"] = {"quote": artefact.manifest["functions"]["quote"]}
        artefact.manifest["only"] = "quote"
        self.stamp += 1
        return artefact.build(self.stamp), self.stamp
