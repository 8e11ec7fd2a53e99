# SPDX-License-Identifier: MIT
"""The whole way of a deployment: interlude login to interlude remove, with a real server at the other end (F9, F10)."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from deployer import Deployer  # noqa: E402
from interlude import INTERLUDE, ROUTES, Server, lower, wait_until  # noqa: E402

SERVICE = """service: shop
provider: { name: interlude, apiGateway: { apiKeys: [partner] } }
package: { patterns: ['!**', 'dist/*.so', 'data/**'] }
functions:
  quote: { handler: dist/quote.handler, events: [ { http: GET /quote }, { schedule: { rate: rate(1 day), enabled: false } },
                                                  { schedule: { rate: 'cron(0 3 * * ? *)', method: scheduler, timezone: Europe/Berlin } } ] }
"""
SOURCE = """#include <interlude.h>
%s
static il_status handler(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 200, "text/plain", "%s", 2);
}
IL_FUNCTION(handler);
"""
GREETING = """#include <interlude.h>
#include <stdlib.h>
#include <string.h>
static il_status handler(il_request *req, il_response *res)
{
    const char *text = il_rfmt(req, "%s %%s", getenv("CURRENCY"));

    return il_respond(res, 200, "text/plain", text, strlen(text));
}
IL_FUNCTION(handler);
"""
WAITS = """#include <interlude.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
static il_status handler(il_request *req, il_response *res)
{
    (void)req;
    while (access(getenv("GATE"), F_OK) != 0)
        poll(NULL, 0, 1);
    return il_respond(res, 200, "text/plain", "ok", 2);
}
IL_FUNCTION(handler);
"""
SERVICE_OF_THREE = """service: shop
provider: { name: interlude, environment: { CURRENCY: EUR } }
package: { patterns: ['!**', 'dist/*.so'] }
functions:
  quote: { handler: dist/quote.handler, events: [ { http: GET /quote } ] }
  twin: { handler: dist/quote.handler, events: [ { http: GET /twin } ] }
  other: { handler: dist/other.handler, events: [ { http: GET /other } ] }
"""
TRAP = "__attribute__((constructor)) static void trap(void)\n{\n    __builtin_trap();\n}"


class Whole(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="interlude-whole-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = Server().start()
        self.addCleanup(self.server.stop)
        self.url = "http://127.0.0.1:%d" % self.server.port
        self.env = dict(os.environ, HOME=os.path.join(self.folder, "home"))
        self.saved = 0
        self.put("serverless.yml", SERVICE)
        self.put("dist/quote.c", SOURCE % ("", "v1"))

    def put(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb" if isinstance(text, bytes) else "w") as file:
            file.write(text)
        self.saved += 5  # newer than what was compiled from the text before
        os.utime(path, (time.time() + self.saved, time.time() + self.saved))

    def run_it(self, *words, code=0):
        done = subprocess.run([INTERLUDE, *words], cwd=self.folder, env=self.env, capture_output=True, encoding="utf-8", timeout=120,
                              check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def keys(self, *words, code=0):
        return self.run_it("keys", *words, "--data", os.path.join(self.server.directory, ".interlude"), code=code)

    def answers(self, status, text):
        self.assertEqual(self.server.get("/fn/shop/dev/quote")[:2], (status, text))

    def deployments(self):
        return json.loads(self.run_it("deploy", "list", "--json").stdout)["deployments"]

    def test_f9_f10_from_login_to_remove(self):
        made = json.loads(self.run_it("login", self.url, "--json").stdout)
        self.assertIn("not known here", self.run_it("deploy", code=1).stderr)
        self.keys("add-deployer", "ann", made["publicKey"])
        self.assertIn("is not deployed", self.run_it("info", code=1).stderr)
        shown = self.run_it("deploy").stdout
        self.assertIn("Service deployed to stack shop-dev", shown)
        self.answers(200, b"v1")
        key = re.search(r"api keys:\n  partner: (\S+)\n", shown).group(1)
        self.assertIn("api keys:\n  partner\n", self.run_it("info").stdout)
        self.assertIn("api keys:\n  partner: %s\n" % key, self.run_it("info", "--show-keys").stdout)  # a developer's machine
        self.assertIn("No changes to deploy.", self.run_it("deploy").stdout)
        self.put("dist/quote.c", SOURCE % ("", "v2"))
        self.assertIn("endpoint: GET - http", self.run_it("deploy").stdout)
        self.answers(200, b"v2")
        self.assertEqual(self.run_it("deploy", "list", "functions").stdout, "quote: v1, v2\n")
        self.assertIn("quote: shop-dev-quote (", self.run_it("info").stdout)
        self.assertIn("schedules:\n  quote: rate(1 day), disabled\n  quote: cron(0 3 * * ? *) Europe/Berlin\n", self.run_it("info").stdout)

        self.put("dist/quote.c", SOURCE % (TRAP, "v3"))
        self.assertIn("Stack shop-dev failed to deploy", self.run_it("deploy", code=1).stderr)
        self.answers(200, b"v2")
        first = self.deployments()[-1]["timestamp"]
        self.run_it("rollback", "-t", str(first))
        self.answers(200, b"v1")
        self.assertEqual([item["timestamp"] for item in self.deployments() if item["isLive"]], [first])

        self.run_it("remove")
        self.answers(404, b'{"message":"Not Found"}')
        self.assertEqual(self.deployments(), [])
        self.keys("revoke", made["id"])
        self.assertIn("revoked", self.run_it("deploy", "list", code=1).stderr)

    def test_f9_what_is_signed_for_one_server_is_good_nowhere_else(self):
        """Staging gets what somebody deploys to it, and cannot deploy that to production in their name."""
        deployer = Deployer()
        self.addCleanup(deployer.close)
        artefact, stamp = deployer.package("one")
        target = "/api/v1/services/shop/stages/prod/deployments/%d" % stamp
        digest = hashlib.sha256(artefact).hexdigest()

        def put(server, name, header, headers=()):
            text = "interlude server %s\nPUT %s\n%s" % (name, target, digest)
            status, body, _ = server.request("PUT", target, artefact, {
                **({"X-Interlude-Server": header} if header else {}), **dict(headers),
                "X-Interlude-Signature": deployer.signature(text.encode()) if name else deployer.signature(artefact)})
            return status, body.decode()

        prod = Server(APP_URL="https://tools.example.test", DEPLOY_BOUND="on").start()
        self.addCleanup(prod.stop)
        deployer.introduce(prod)
        status, why = put(prod, "staging.example.test", "staging.example.test", {"Host": "tools.example.test"})
        self.assertEqual(status, 403)
        self.assertIn("for the server staging.example.test, this one is called tools.example.test (its APP_URL)", why)
        self.assertEqual(put(prod, "staging.example.test", "tools.example.test")[0], 403)
        self.assertEqual(put(prod, "staging.example.test", None)[0], 403)
        self.assertIn("DEPLOY_BOUND", put(prod, None, None)[1])  # good for any server: not for this one
        self.assertEqual(put(prod, "localhost:1", "localhost:1", {"Host": "tools.example.test"})[0], 403)  # from afar
        self.assertEqual(put(prod, "tools.example.test", "tools.example.test")[0], 201)
        deployer.introduce(self.server)
        self.assertEqual(put(self.server, None, None)[0], 201)  # functions.md 2.3, as others sign

    def add_key(self):
        self.env.update(INTERLUDE_DEPLOY_KEY=self.keys("add-deployer", "ann").stdout.strip(), INTERLUDE_URL=self.url)

    def answers_of(self, *names):
        return [self.server.get("/fn/shop/dev/" + name)[1].decode() for name in names]

    def on_disk(self):
        return sorted(os.listdir(os.path.join(self.server.directory, ".interlude/functions/shop/dev/versions")))

    def test_f10_one_function(self):
        """deploy function and rollback function change nothing but that function, in one step, and survive a restart."""
        self.put("serverless.yml", SERVICE_OF_THREE)
        for name in "quote", "other":
            self.put("dist/%s.c" % name, GREETING % "v1")
        self.add_key()
        self.assertIn("nothing of shop is live", self.run_it("deploy", "function", "-f", "quote", code=1).stderr)
        self.run_it("deploy")
        self.assertEqual(self.answers_of("quote", "twin", "other"), ["v1 EUR"] * 3)
        for name in "quote", "other":
            self.put("dist/%s.c" % name, GREETING % "v2")
        self.assertIn("✔ Code of function quote deployed", self.run_it("deploy", "function", "-f", "quote").stdout)
        self.assertEqual(self.answers_of("quote", "twin", "other"), ["v2 EUR", "v1 EUR", "v1 EUR"])
        self.assertIn("No changes to deploy. Function quote skipped.", self.run_it("deploy", "function", "-f", "quote").stdout)
        self.assertEqual(self.run_it("deploy", "list", "functions").stdout, "quote: v1, v2\ntwin: v1\nother: v1\n")
        listed = self.run_it("deploy", "list").stdout
        self.assertEqual(listed.count("Timestamp:"), 1)
        self.assertIn("Status: live, functions were changed since, last quote", listed)

        self.put("serverless.yml", SERVICE_OF_THREE.replace("EUR", "CHF").replace("GET /other", "GET /elsewhere"))
        self.assertIn("✔ Configuration of function other", self.run_it("deploy", "function", "-f", "other", "-u").stdout)
        self.assertEqual(self.answers_of("quote", "twin", "other"), ["v2 EUR", "v1 EUR", "v1 CHF"])
        self.assertEqual(self.server.get("/fn/shop/dev/elsewhere")[0], 404)
        self.server.stop(keep=True)
        self.server.start()
        self.assertEqual(self.answers_of("quote", "twin", "other"), ["v2 EUR", "v1 EUR", "v1 CHF"])

        self.run_it("rollback", "function", "-f", "quote", "--function-version", "1")
        self.assertEqual(self.answers_of("quote", "twin", "other"), ["v1 EUR", "v1 EUR", "v1 CHF"])
        self.assertEqual(self.run_it("deploy", "list", "functions").stdout.splitlines()[0], "quote: v1, v2 (live: v1)")
        self.assertIn("has version 1 already", self.run_it("rollback", "function", "-f", "quote", "--function-version", "1").stdout)
        self.assertIn("no version 7 of quote", self.run_it("rollback", "function", "-f", "quote", "--function-version", "7", code=1).stderr)
        self.run_it("rollback", "function", "-f", "quote", "--function-version", "2")
        self.assertEqual(self.answers_of("quote", "twin", "other"), ["v2 EUR", "v1 EUR", "v1 CHF"])

        self.put("dist/other.c", SOURCE % (TRAP, "v3"))  # does not open: nothing changes
        self.assertIn("Function other failed to deploy", self.run_it("deploy", "function", "-f", "other", code=1).stderr)
        self.assertEqual(self.answers_of("quote", "twin", "other"), ["v2 EUR", "v1 EUR", "v1 CHF"])
        self.assertIn("no function none in the service shop", self.run_it("deploy", "function", "-f", "none", code=1).stderr)
        self.run_it("deploy", "function", code=2)
        self.run_it("rollback", "function", "-f", "quote", "--function-version", "v1", code=2)
        with self.server.database() as db:
            actions = [row[0] for row in db.execute("SELECT action FROM deployment ORDER BY created_at")]
        self.assertEqual(actions, ["deploy"] + ["function"] * 4)
        first = self.deployments()[-1]["timestamp"]
        self.run_it("rollback", "-t", str(first))
        self.assertEqual(self.answers_of("quote", "twin", "other"), ["v1 EUR"] * 3)

    def test_f10_a_function_and_then_the_service(self):
        """What was deployed function by function is the service: nothing is left to deploy."""
        self.put("serverless.yml", SERVICE_OF_THREE.replace("dist/quote.handler, events: [ { http: GET /twin", "dist/other.handler, events: [ { http: GET /twin"))
        for name in "quote", "other":
            self.put("dist/%s.c" % name, GREETING % "v1")
        self.add_key()
        self.run_it("deploy")
        self.put("dist/quote.c", GREETING % "v2")
        self.run_it("deploy", "function", "-f", "quote")
        self.assertEqual(self.answers_of("quote", "twin"), ["v2 EUR", "v1 EUR"])
        self.assertIn("No changes to deploy.", self.run_it("deploy").stdout)

    def test_f9_the_watch_window_decides(self):
        """deploy waits for it, and exits with 1 when the version before is live again."""
        self.put("serverless.yml", SERVICE + "custom: { interlude: { watch: 2s } }\n")
        self.add_key()
        began = time.monotonic()
        self.run_it("deploy")  # nobody calls: nothing is known against it
        self.assertGreaterEqual(time.monotonic() - began, 2)
        self.put("serverless.yml", SERVICE + "custom: { interlude: { watch: 60s } }\n")  # it is decided long before that
        self.put("dist/quote.c", (SOURCE % ("", "no")).replace("200,", "500,"))
        command = subprocess.Popen([INTERLUDE, "deploy"], cwd=self.folder, env=self.env, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, encoding="utf-8")
        wait_until(lambda: self.server.get("/fn/shop/dev/quote")[0] == 500, "the new one")
        for _ in range(20):
            self.server.get("/fn/shop/dev/quote")
        out, failed = command.communicate(timeout=60)
        self.assertEqual(command.returncode, 1, out + failed)
        self.assertIn("✖ Stack shop-dev failed to deploy", failed)
        self.assertIn("the version before is live again: ", failed)
        self.assertNotIn("Service deployed", out)
        self.answers(200, b"v1")

    def test_f10_keep_and_prune(self):
        self.put("serverless.yml", SERVICE + "custom: { prune: { automatic: true, number: 2 } }\n")
        self.add_key()
        for i in range(5):
            self.put("dist/quote.c", SOURCE % ("", "v%d" % i))
            self.run_it("deploy")
        self.assertEqual(len(self.on_disk()), 3)  # N+1
        stamps = [item["timestamp"] for item in self.deployments()]
        before = self.on_disk()
        shown = self.run_it("prune", "-n", "1", "--dryRun").stdout
        self.assertIn("  - %d\n\n1 old version would be deleted" % stamps[2], shown)
        self.assertEqual(self.on_disk(), before)
        self.run_it("rollback", "-t", str(stamps[2]))
        deleted = "  - %d\n\n✔ 1 old version deleted" % stamps[1]  # should what is live crash, the server goes back to [0]
        wait_until(lambda: deleted in self.run_it("prune", "-n", "0").stdout, "the process of a version to end")
        self.assertEqual([item["timestamp"] for item in self.deployments()], [stamps[0], stamps[2]])
        self.answers(200, b"v2")
        self.assertIn("Nothing to prune.", self.run_it("prune", "-n", "0").stdout)
        self.run_it("prune", code=2)
        self.run_it("prune", "-n", "many", code=2)

    def test_f10_remove_with_calls_that_wait(self):
        gate = os.path.join(self.folder, "gate")
        self.put("serverless.yml", SERVICE.replace("quote: {", "quote: { timeout: 60, environment: { GATE: '%s' }," % gate) +
                 "custom: { interlude: { functions: { quote: { async: { maxInflight: 1 } } } } }\n")
        self.put("dist/quote.c", WAITS)
        self.add_key()
        self.run_it("deploy")
        ids = []
        for _ in range(4):
            status, _, headers = self.server.request("POST", "/async-function/shop-dev-quote", b"")
            self.assertEqual(status, 202)
            ids.append(lower(headers)["x-call-id"])

        def states():
            return [json.loads(self.server.get("/async/calls/" + ident)[1])["state"] for ident in ids]

        wait_until(lambda: states() == ["running"] + ["queued"] * 3, states)
        refused = self.run_it("remove", code=1).stderr
        self.assertIn("3 asynchronous calls of shop wait and 1 run: see interlude queues.", refused)
        self.assertIn("--force", refused)
        self.assertEqual(states(), ["running"] + ["queued"] * 3)
        removed = self.run_it("remove", "--force").stdout
        self.assertIn("3 asynchronous calls became dead letters", removed)
        self.assertEqual(states(), ["running"] + ["dead"] * 3)
        self.assertEqual(self.server.get("/fn/shop/dev/quote")[0], 404)
        with open(gate, "w", encoding="utf-8"):
            pass
        wait_until(lambda: states()[0] == "succeeded", states)
        self.assertEqual(self.run_it("remove", code=1).stdout, "Removing shop from stage dev (local)\n\n")

    def remote(self):
        """The same server by a name that makes nobody its developer: curl finds *.localhost on this machine."""
        self.server.stop(keep=True)
        self.url = "http://tools.localhost:%d" % self.server.port
        self.server.environment["APP_URL"] = self.url
        self.server.start()

    def test_f10_logs_with_the_deploy_key(self):
        self.remote()
        self.assertIn("interlude login " + self.url, self.run_it("logs", "-f", "quote", "--url", self.url, code=1).stderr)
        made = json.loads(self.run_it("login", self.url, "--json").stdout)
        self.assertIn("does not accept this deploy key", self.run_it("logs", "-f", "quote", "--url", self.url, code=1).stderr)
        self.keys("add-deployer", "ann", made["publicKey"])
        self.server.drop(os.path.join(ROUTES, "ping.so"))
        wait_until(lambda: self.server.request("POST", "/fn/ping")[0] == 200, "the route")
        self.run_it("deploy")
        self.answers(200, b"v1")
        wait_until(lambda: "REPORT RequestId" in self.run_it("logs", "-f", "shop-dev-quote", "--url", self.url).stdout, "the log")
        self.assertIn("was not deployed", self.run_it("logs", "-f", "ping", "--url", self.url, code=1).stderr)
        self.env["INTERLUDE_URL"] = self.url
        self.assertIn("REPORT RequestId", self.run_it("logs", "-f", "quote").stdout)
        self.keys("revoke", made["id"])
        self.run_it("logs", "-f", "quote", code=1)

    def test_f9_large_packages_arrive(self):
        key = self.keys("add-deployer", "build server").stdout.strip()
        self.env.update(INTERLUDE_DEPLOY_KEY=key, INTERLUDE_URL=self.url)
        self.put("data/noise", os.urandom(17 << 20))  # three chunks
        self.run_it("deploy")
        self.answers(200, b"v1")
        self.assertGreater(self.deployments()[0]["size"], 16 << 20)
        self.assertEqual(self.deployments()[0]["deployer"], "build server")


if __name__ == "__main__":
    unittest.main()
