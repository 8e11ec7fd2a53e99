# SPDX-License-Identifier: MIT
"""
What an unmodified SDK sees that is asked to serve a single request (host-protocol.md 5), while this server has no serverless
endpoints: refusals in the shape it understands, with words that say what to do, and no host that came to stay by mistake.
"""
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from host import Host  # noqa: E402
from interlude import SOURCE, Server, wait_until  # noqa: E402

PROGRAM = os.path.join(SOURCE, "tests/e2e/sdk/serverless_host.mjs")
PACKAGES = os.path.join(SOURCE, "tests/e2e/sdk/node_modules")


def declaration(**more):
    return {"sdkName": "@interval/sdk", "sdkVersion": "2.0.0", "actions": [{"slug": "once"}], "groups": [], **more}


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        status, answer, _ = cls.server.request(
            "POST", "/api/v1/keys", json.dumps({"org": "local", "label": "Function", "environment": "production"}).encode(),
            {"Content-Type": "application/json"})
        assert status == 201, answer
        cls.key = json.loads(answer)["key"]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()


class ServerlessTest(Case):
    def declare(self, key, body):
        status, answer, _ = self.server.request("POST", "/api/hosts/declare", json.dumps(body).encode(),
                                                {"Content-Type": "application/json", "Authorization": "Bearer " + key})
        return status, json.loads(answer)

    def test_declare(self):
        status, answer = self.declare(self.key, declaration(httpHostId=str(uuid.uuid4())))
        self.assertEqual((status, answer["type"]), (404, "error"))
        self.assertIn("listen()", answer["message"])
        for body in ({}, {"httpHostId": "x"}, {"httpHostId": 7, "actions": []}):
            self.assertEqual(self.declare(self.key, body)[0], 400)
        status, answer = self.declare(self.server.api_key(), declaration(httpHostId="x"))
        self.assertEqual((status, answer["type"]), (403, "error"))
        self.assertEqual(self.declare("wrong", declaration(httpHostId="x"))[0], 403)

    def test_a_request_that_was_never_sent(self):
        host = Host(self.server.port, self.key)
        self.addCleanup(host.close)
        answer = host.call("INITIALIZE_HOST", declaration(requestId="x"))
        self.assertEqual(answer["type"], "error")
        self.assertIn("listen()", answer["message"])
        self.assertNotIn("once", self.server.live())

    def test_who_was_to_serve_one_request_does_not_stay(self):
        """SDKs come back without the request when their connection is lost (host-protocol.md 5.2)."""
        host = Host(self.server.port, self.key)
        host.call("INITIALIZE_HOST", declaration(requestId="x"))
        host.close()
        back = Host(self.server.port, self.key, host.instance)
        self.addCleanup(back.close)
        answer = back.call("INITIALIZE_HOST", declaration())
        self.assertEqual(answer["type"], "error")
        self.assertIn("single request", answer["message"])
        routes = self.server.json("/api/v1/routes?org=local&env=production")["routes"]
        self.assertNotIn("once", [route["slug"] for route in routes])


@unittest.skipUnless(shutil.which("node") and os.path.isdir(PACKAGES), "no Node, or its packages are not installed")
class SdkTest(Case):
    """The same with the SDK's own handlers."""

    def setUp(self):
        self.lines = []
        self.process = subprocess.Popen(["node", PROGRAM, "ws://127.0.0.1:%d/websocket" % self.server.port, self.key],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        threading.Thread(target=self.read, daemon=True).start()
        self.port = int(wait_until(lambda: self.said("port "), "the host's port").split()[1])

    def tearDown(self):
        self.process.kill()
        self.process.wait()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def said(self, text):
        return next((line for line in self.lines if text in line), None)

    def ask(self, method, path="/", body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        connection.close()
        return found

    def lambda_event(self, body):
        return {"version": "2.0", "requestContext": {"http": {"method": "POST"}}, "body": json.dumps(body)}

    def test_handlers(self):
        self.assertEqual(self.ask("GET"), (200, "OK"))
        self.assertEqual(self.ask("POST", body={"httpHostId": str(uuid.uuid4())})[0], 500)
        wait_until(lambda: self.said("There is no serverless endpoint"), lambda: "our words in its log: %s" % self.lines)
        self.assertEqual(self.ask("POST", body={"requestId": str(uuid.uuid4())})[0], 500)
        wait_until(lambda: self.said("has sent no such request"), lambda: "our words in its log: %s" % self.lines)
        self.assertEqual(self.ask("POST", "/lambda", self.lambda_event({"httpHostId": str(uuid.uuid4())}))[0], 500)
        self.assertEqual(self.ask("POST", "/lambda", self.lambda_event({"requestId": str(uuid.uuid4())}))[0], 500)


if __name__ == "__main__":
    unittest.main(verbosity=2)
