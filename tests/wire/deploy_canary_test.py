# SPDX-License-Identifier: MIT
"""A version is tried before it answers anybody: .load, .health and the requests of custom.interlude.smoke (functions.md 2.2)."""
import os
import subprocess
import sys
import textwrap
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from deployer import ADDRESS, CONFIG as INDENTED, SOURCE, DeployTest  # noqa: E402
from interlude import INTERLUDE, wait_until  # noqa: E402
from service import Service  # noqa: E402

CONFIG = textwrap.dedent(INDENTED)
OPEN = "is open to modules: a directory above it has more than"  # a shared /tmp: core/runtime/landlock.c
# What a handler does, and what is asked before it runs.
MODULE = """
    #include <interlude.h>
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <unistd.h>
    static il_status load(il_ctx *ctx)
    {
        (void)ctx;
        %(load)s
        return IL_OK;
    }
    static il_status health(il_ctx *ctx)
    {
        (void)ctx;
        %(health)s
        return IL_OK;
    }
    static il_status handler(il_request *req, il_response *res)
    {
        (void)req;
        %(handler)s
    }
    IL_FUNCTION(handler, .load = load, .health = health);
    """
GOOD = 'return il_respond(res, 200, "text/plain", "new", 3);'


def module(load="", health="", handler=GOOD):
    return MODULE % {"load": load, "health": health, "handler": handler}


def smoke(*requests):
    return CONFIG + "custom: { interlude: { smoke: [ %s ] } }\n" % ", ".join(
        text if text.startswith("{") else "'%s'" % text for text in requests)


class Canary(DeployTest):
    def setUp(self):
        super().setUp()
        artefact, self.first = self.deployer.package("old")
        status, answer = self.deployer.put(self.server, artefact, self.first)
        self.assertEqual(status, 201, answer)
        self.answers("old")

    def answers(self, text):
        for name in "quote", "twin":
            self.assertEqual(self.server.request("GET", "/fn/shop/prod/" + name)[:2], (200, text.encode()))

    def put(self, source, config=CONFIG, query=""):
        """quote is that module, twin a good one."""
        self.deployer.write("dist/quote.c", source)
        self.deployer.write("dist/twin.c", SOURCE % ("new", 3))
        artefact, stamp = self.deployer.packed(config)
        status, body, _ = self.server.request("PUT", "%s/deployments/%d%s" % (ADDRESS, stamp, query), artefact, {
            "X-Interlude-Signature": self.deployer.signature(artefact)})
        return status, body.decode(), stamp

    def refused(self, source, *sentences, config=CONFIG):
        """422 with these words; nothing has changed, nothing is left behind."""
        before = self.server.runners()
        status, body, _ = self.put(source, config)
        self.assertEqual(status, 422, body)
        for sentence in sentences:
            self.assertIn(sentence, body)
        self.answers("old")
        wait_until(lambda: self.server.runners() == before, lambda: "the new processes to end: %r, %r" % (before, self.server.runners()))
        versions = os.path.join(self.server.directory, ".interlude/functions/shop/prod/versions")
        self.assertEqual([name.split("-")[0] for name in os.listdir(versions)], [str(self.first)])

    def test_load(self):
        self.refused(module(load='return il_fail(ctx, "the table of %s is missing", "orders");'),
                     "functions.quote: dist/quote.handler", "the table of orders is missing")
        self.refused(module(load="raise(SIGSEGV);"), "functions.quote: dist/quote.handler", "SIGSEGV")

    def test_load_that_hangs(self):
        self.refused(module(load="pause();"), "functions.quote: dist/quote.handler", "its .load took longer than 10 s")

    def test_health(self):
        self.refused(module(health='return il_fail(ctx, "%s does not answer", "the bank");'),
                     "functions.quote: dist/quote.handler", ".health of handler: the bank does not answer")
        self.refused(module(health="return IL_INVALID;"), ".health of handler: IL_INVALID")
        self.refused(module(health="abort();"), "functions.quote: dist/quote.handler", "SIGABRT")
        self.refused(module(health="_exit(3);"), "functions.quote: dist/quote.handler", "exit(3)")

    def test_health_that_hangs(self):
        self.refused(module(health="pause();"), "functions.quote: dist/quote.handler", "its .health took longer than 10 s")

    def test_smoke(self):
        asked = "GET /quote?basket=7"
        failing = smoke("GET /twin", asked)
        self.refused(module(handler='return il_respond(res, 500, "text/plain", "no stock", 8);'), "functions.quote", asked,
                     "status 200 was expected, 500 came: no stock", config=failing)
        self.refused(module(handler="raise(SIGSEGV); " + GOOD), "functions.quote: dist/quote.handler", asked, "SIGSEGV", config=failing)
        self.refused(module(handler="return IL_INVALID;"),
                     "functions.quote", asked, "502 came", config=failing)
        self.refused(module(), "GET /nowhere", "no function has this address", config=smoke("GET /nowhere"))
        status, body, _ = self.put(module(), smoke("GET /twin", asked, "{ path: /nowhere, status: 404 }"))
        self.assertEqual(status, 201, body)
        self.answers("new")

    def test_smoke_that_hangs(self):
        config = smoke("GET /quote").replace("handler: dist/quote.handler,", "handler: dist/quote.handler, timeout: 1,")
        self.refused(module(handler="for (;;) pause();"), "functions.quote", "GET /quote", "no answer came within 1 s", config=config)

    def test_smoke_is_an_ordinary_call(self):
        """Event, body and parameters are those of a request; no key is asked for, and nobody counts it."""
        echo = """
            il_str event = il_event_json(req);
            return il_respond(res, il_query(req, "basket") && il_body(req).len == 9 && il_header(req, "content-type") ? 201 : 500,
                              "application/json", event.p, event.len);"""
        config = smoke("{ method: POST, path: '/quote/7?basket=1', body: '{\"a\": 11}', status: 201 }").replace(
            "GET /quote }", "{ method: post, path: 'quote/{id}', private: true } }").replace(
            "provider: { name: interlude }", "provider: { name: interlude, apiGateway: { apiKeys: [ partner ] } }")
        status, body, _ = self.put(module(handler=echo), config)
        self.assertEqual(status, 201, body)
        self.assertEqual(self.server.request("POST", "/fn/shop/prod/quote/7", b"{}")[0], 403)
        metrics = [item for item in self.server.json("/api/v1/functions")["functions"] if item["name"] == "shop-prod-quote"]
        self.assertEqual(metrics[0].get("calls", 0), 1, metrics)

    def test_health_0(self):
        status, body, _ = self.put(module(health="return IL_INVALID;", handler='return il_respond(res, 200, "text/plain", "new", 3);'),
                                   smoke("{ path: /quote, status: 418 }"), "?health=0")
        self.assertEqual(status, 201, body)
        self.answers("new")
        status, body, _ = self.put(module(load='return il_fail(ctx, "%s", "not at all");'), query="?health=0")
        self.assertEqual(status, 422, body)
        self.assertIn("not at all", body)
        self.answers("new")

    def test_the_process_that_was_tried_serves(self):
        status, body, _ = self.put(module(handler="""
            char text[24];
            return il_respond(res, 200, "text/plain", text, (size_t)snprintf(text, sizeof text, "%d", (int)getpid()));"""))
        self.assertEqual(status, 201, body)
        pid = int(self.server.request("GET", "/fn/shop/prod/quote")[1])
        self.assertIn(pid, self.server.runners())

    def test_rollback_is_tried_too(self):
        flag = os.path.join(self.deployer.folder, "sick")
        sick = 'if (access("%s", F_OK) == 0) return il_fail(ctx, "%%s", "the bank is closed");' % flag
        status, body, second = self.put(module(health=sick))
        self.assertEqual(status, 201, body)
        self.assertEqual(self.deployer.rollback(self.server, self.first)[0], 200)
        self.answers("old")
        with open(flag, "w", encoding="utf-8"):
            pass
        status, answer = self.deployer.rollback(self.server, second)
        self.assertEqual(status, 422, answer)
        self.assertIn("the bank is closed", str(answer))
        self.answers("old")
        target = ADDRESS + "/rollback?health=0"
        status, answer = self.deployer.call(self.server, "POST", target, b'{"timestamp":%d}' % second)
        self.assertEqual(status, 200, answer)
        self.answers("new")
        self.server.stop(keep=True)  # at its start the server does not ask
        self.server.start()
        self.answers("new")

    def test_task_root(self):
        handler = """
            char path[600], text[64] = "";
            const char *root = getenv("LAMBDA_TASK_ROOT");
            snprintf(path, sizeof path, "%s/conf.txt", root ? root : "");
            FILE *file = fopen(path, "r");
            size_t len = file ? fread(text, 1, sizeof text, file) : 0;
            if (file)
                fclose(file);
            snprintf(path, sizeof path, "%s/written", root ? root : "");
            file = fopen(path, "w");
            if (file)
                fclose(file);
            snprintf(path, sizeof path, "%s/../../../../../state.db", root ? root : "");
            if (fopen(path, "r") || file)
                return il_respond(res, 500, "text/plain", "the sandbox is open", 19);
            return il_respond(res, 200, "text/plain", text, len);"""
        config = CONFIG.replace("'dist/*.so'", "'dist/*.so', conf.txt")
        for text in "one", "two":  # the second time nothing but that file differs
            self.deployer.write("conf.txt", text)
            status, body, _ = self.put(module(handler=handler), config)
            self.assertEqual(status, 201, body)
            expected = (500, b"the sandbox is open") if OPEN in self.server.log() else (200, text.encode())
            self.assertEqual(self.server.request("GET", "/fn/shop/prod/quote")[:2], expected)


class Development(unittest.TestCase):
    def test_task_root(self):
        """Under interlude dev it is the directory of the service, which does not open the server's data."""
        server = Service(CONFIG, {name: module(handler="""
            char path[600], text[64] = "";
            snprintf(path, sizeof path, "%s/conf.txt", getenv("LAMBDA_TASK_ROOT"));
            FILE *file = fopen(path, "r");
            size_t len = file ? fread(text, 1, sizeof text, file) : 0;
            snprintf(path, sizeof path, "%s/.interlude/state.db", getenv("LAMBDA_TASK_ROOT"));
            return il_respond(res, fopen(path, "r") ? 500 : 200, "text/plain", text, len);""") for name in ("quote", "twin")})
        server.write("conf.txt", "one")
        server.start()
        self.addCleanup(server.stop)
        status, text, _ = server.call("/quote")
        self.assertEqual((status, text), (500 if OPEN in server.log() else 200, b"one"))
        done = subprocess.run([INTERLUDE, "invoke", "local", "-f", "quote"], cwd=server.directory, check=True, timeout=60,
                              stdout=subprocess.PIPE)
        self.assertIn(b"one", done.stdout)


if __name__ == "__main__":
    unittest.main()
