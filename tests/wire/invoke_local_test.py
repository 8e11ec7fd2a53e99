# SPDX-License-Identifier: MIT
"""`interlude invoke local`: one call without a server, of routes/ and of a serverless.yml. Part of row F1."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, MODULES, SOURCE  # noqa: E402

QUOTE = r"""
#include <interlude.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static il_status handler(il_request *req, il_response *res)
{
    printf("asked by %s\n", il_function_name(req));
    return il_respond_lambda(res, il_rfmt(req, "{\"currency\":\"%s\",\"event\":%s,\"stage\":\"%s\",\"context\":%s,\"left\":%d,\"mb\":%u}",
        getenv("CURRENCY"), il_event_json(req).p, il_stage(req), il_client_context(req) ? il_client_context(req) : "null",
        il_remaining_ms(req) <= 1000, (unsigned)il_memory_limit_mb(req)));
}
static il_status slow(il_request *req, il_response *res) { (void)req; (void)res; for (;;) pause(); }
static il_status crash(il_request *req, il_response *res) { (void)req; (void)res; abort(); }
static const il_route routes[] = {
    IL_ROUTE_FUNCTION("a", handler), IL_ROUTE_FUNCTION("b", slow), IL_ROUTE_FUNCTION("c", crash)
};
IL_MODULE(routes);
"""
SERVICE = """
service: shop
provider: { name: interlude, runtime: c17, timeout: 1, memorySize: 256, environment: { CURRENCY: "${param:currency, 'EUR'}" } }
functions:
  quote: { handler: dist/quote.handler, events: [ { http: 'GET /quote' } ] }
  slow: { handler: dist/quote.slow }
  crash: { handler: dist/quote.crash }
  missing: { handler: dist/quote.nothing }
  away: { handler: dist/away.handler }
"""


class InvokeLocalTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="interlude-")
        os.mkdir(os.path.join(self.directory, "routes"))
        self.copy("lambda")

    def tearDown(self):
        shutil.rmtree(self.directory)

    def copy(self, module):
        shutil.copy(os.path.join(MODULES, module + ".so"), os.path.join(self.directory, "routes"))

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def invoke(self, *arguments, stdin=""):
        """Exit code, standard output, standard error."""
        done = subprocess.run([INTERLUDE, "invoke", "local", *arguments], cwd=self.directory, input=stdin, capture_output=True, text=True,
                              timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def result(self, *arguments, stdin=""):
        code, out, said = self.invoke(*arguments, stdin=stdin)
        self.assertEqual(code, 0, said)
        return json.loads(out)

    def fails(self, text, *arguments):
        code, out, said = self.invoke(*arguments)
        self.assertEqual((code, out), (1, ""), said)
        self.assertIn(text, said)
        self.assertNotIn("\n    at ", said)

    def test_routes(self):
        self.assertEqual(self.result("-f", "back", "-d", "text")["body"], '"text"')
        self.assertEqual(self.result("back", "-d", '{"a": 1}')["body"], '{"a": 1}')
        self.assertEqual(self.result("back", "--raw", "-d", '{"a": 1}')["body"], '"{\\"a\\": 1}"')
        self.assertEqual(self.result("result", stdin='{"k":[1,{}]}'), {"k": [1, {}]})
        self.assertEqual(json.loads(self.result("back", stdin="")["body"]), {})
        self.write("event.json", '{"from": "a file"}')
        self.assertEqual(self.result("routes/lambda.so.result", "-p", "event.json"), {"from": "a file"})
        code, out, _ = self.invoke("result", "-d", '{"a":[1,{"b":"c, {d}: \\" e"}],"f":{},"g":[]}')
        self.assertEqual((code, out), (0, '{\n    "a": [\n        1,\n        {\n            "b": "c, {d}: \\" e"\n        }\n    ],\n'
                                          '    "f": {},\n    "g": []\n}\n'))

    def test_routes_that_fail(self):
        self.fails("the handler returned IL_FAILED", "fails", "-d", "1")
        self.fails("there is no function nothing", "nothing", "-d", "1")
        self.fails("11 functions", "routes/lambda.so", "-d", "1")
        self.fails("not JSON", "back", "-d", "1", "--context", "{")
        self.copy("load_fails")
        self.fails("load", "load_fails", "-d", "1")

    def test_source_of_a_route(self):
        self.write("routes/deep/hello.c", '#include <interlude.h>\nstatic il_status hello(il_request *req, il_response *res)\n'
                   '{ (void)req; return il_respond(res, 200, "text/plain", "hello", 5); }\nIL_FUNCTION(hello);\n')
        self.assertEqual(self.result("deep/hello", "-d", "1")["body"], "hello")
        code, _, said = self.invoke("deep/hello", "-d", "1")
        self.assertEqual((code, said), (0, ""))  # compiled once
        self.write("routes/deep/hello.c", "int broken\n")
        self.fails("cannot be compiled", "deep/hello", "-d", "1")

    def test_service(self):
        self.write("serverless.yml", SERVICE)
        self.write("dist/quote.c", QUOTE)
        got = self.result("-f", "quote", "-d", '{"k":1}', "--context", '{"x":2}')
        self.assertEqual(got, {"currency": "EUR", "event": {"k": 1}, "stage": "dev", "context": {"x": 2}, "left": 1, "mb": 256})
        got = self.result("-f", "shop-prod-quote", "-s", "prod", "--param", "currency=CHF", "-d", "5")
        self.assertEqual((got["currency"], got["event"], got["stage"], got["context"]), ("CHF", 5, "prod", None))
        shutil.copy(os.path.join(MODULES, "lambda.so"), os.path.join(self.directory, "dist", "quote.so"))
        self.fails("no function handler", "quote", "-d", "1")  # the newer one counts
        os.utime(os.path.join(self.directory, "dist", "quote.so"), (1, 1))
        _, _, said = self.invoke("quote", "-d", "1")
        self.assertEqual(said, "asked by shop-dev-quote\n")
        self.fails("1.00 seconds", "slow", "-d", "1")
        self.fails("SIGABRT", "crash", "-d", "1")
        self.fails("no function nothing", "missing", "-d", "1")
        self.fails("neither dist/away.c nor dist/away.so", "away", "-d", "1")
        self.assertEqual(self.result("back", "-d", "1")["body"], "1")  # routes/ is there, too
        self.write("serverless.yml", "service: shop\nprovider: { name: interlude, runtime: nodejs20 }\n")
        self.fails("serverless.yml:2", "quote", "-d", "1")

    def test_build_settings(self):
        """custom.interlude.build is for every compiler, not only for that of dev and package."""
        own = SERVICE + "custom: { interlude: { build: %s } }\n"
        source = QUOTE.replace('getenv("CURRENCY")', "OWN")
        self.write("dist/quote.c", source)
        self.write("serverless.yml", own % "{ cflags: ['-DOWN=\"flag\"'] }")
        self.assertEqual(self.result("quote", "-d", "1")["currency"], "flag")
        self.write("serverless.yml", own % "{ cc: './own-cc -DOWN=\"word\"' }")
        self.fails("custom.interlude.build.cc: there is no program \"./own-cc", "quote", "-d", "1")
        self.write("own-cc", '#!/bin/sh\nexec cc -DOWN=\'"compiler"\' "$@"\n')
        os.chmod(os.path.join(self.directory, "own-cc"), 0o755)
        self.write("serverless.yml", own % "{ cc: ./own-cc }")
        os.mkdir(os.path.join(self.directory, "elsewhere"))
        done = subprocess.run([INTERLUDE, "invoke", "local", "quote", "-d", "1", "-c", "../serverless.yml"], capture_output=True,
                              cwd=os.path.join(self.directory, "elsewhere"), text=True, timeout=60, check=True)
        self.assertEqual(json.loads(done.stdout)["currency"], "compiler")
        self.write("serverless.yml", own % ("{ command: 'echo making >&2; cc -shared -fPIC -DOWN=NULL -I%s -o dist/quote.so dist/quote.c' }"
                                            % os.path.join(SOURCE, "sdk-headers")))
        code, out, said = self.invoke("quote", "-d", "1")
        self.assertEqual((code, json.loads(out)["currency"], said), (0, "(null)", "making\nasked by shop-dev-quote\n"))
        self.write("serverless.yml", own % "{ command: exit 3 }")
        self.fails("custom.interlude.build.command failed: exit 3", "quote", "-d", "1")

    def test_mistakes(self):
        self.write("serverless.yml", SERVICE)
        self.write("routes/greetings.c", "")
        self.fails("there is no function quoet in serverless.yml or below %s/routes. Did you mean quote?" % self.directory, "-f", "quoet", "-d", "1")
        self.fails("Did you mean greetings?", "greeting", "-d", "1")
        self.fails("the event is not JSON (--raw sends it as a text)", "back", "-d", '{"a": ')
        self.assertEqual(self.result("back", "--raw", "-d", '{"a": ')["body"], '"{\\"a\\": "')
        self.fails("--data and --path are both given", "back", "-d", "1", "-p", "event.json")
        self.fails("cannot read event.json: No such file", "back", "-p", "event.json")
        self.assertEqual(self.invoke("back", "-f", "back")[0], 2)
        self.assertEqual(self.invoke("back", "-p", "-", stdin="x" * 6291457)[0], 1)
        self.assertEqual(self.invoke("result", "-d", '{"a": [1]}', "--json"), (0, '{"a": [1]}\n', ""))

    def test_time(self):
        """Budget 50 ms: of processor time, because other tests may run beside this one; sanitizers take longer."""
        took, used = [], []
        for _ in range(9):
            before, began = os.times(), time.monotonic()
            self.result("back", "-d", "1")
            after = os.times()
            took.append(time.monotonic() - began)
            used.append(after.children_user + after.children_system - before.children_user - before.children_system)
        print("invoke local: p50 %.0f ms, best %.0f ms" % (statistics.median(took) * 1e3, min(took) * 1e3), file=sys.stderr)
        with open(INTERLUDE, "rb") as file:
            self.assertLess(min(used), 1 if b"__asan_init" in file.read() else 0.05)


if __name__ == "__main__":
    unittest.main()
