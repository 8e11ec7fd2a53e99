# SPDX-License-Identifier: MIT
"""Who may look at durable calls and change them on a team's server: the APIs of row F16, asked by everybody."""
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, wait_until  # noqa: E402
from service import lower  # noqa: E402
from team import Session, TeamServer  # noqa: E402

FOR_OPERATORS = [("GET", "/async/calls/mine/request"), ("GET", "/async/dead"), ("GET", "/async/queues"), ("GET", "/api/v1/calls"),
                 ("GET", "/api/v1/queues"), ("DELETE", "/async/dead?function=none"), ("POST", "/async/dead/retry?function=none"),
                 ("POST", "/async/queues/default/pause"), ("POST", "/async/queues/default/resume"),
                 ("POST", "/api/v1/queues/default/purge?function=none")]


class WhoTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = TeamServer(people=(("ada@example.com", "admin"), ("bob@example.com", "member"), ("dev@example.com", "developer")),
                                rivals=("eve@example.com",))
        cls.server.drop("work")
        cls.server.drop("hidden")
        cls.server.start()
        keys = [cls.tool("--functions") for _ in range(2)]
        live = cls.tool("--label", "tools")
        cls.who = {"nobody": {}, "sender": {"x-api-key": keys[0]}, "another": {"x-api-key": keys[1]},
                   "tool": {"Authorization": "Bearer " + live}, "liar": {"Authorization": "Bearer " + live[:-1] + "x"}}
        for email in "ada@example.com", "bob@example.com", "dev@example.com", "eve@example.com":
            cls.who[email.partition("@")[0]] = {"Cookie": Session(cls.server, email).cookie}
        wait_until(lambda: cls.ask("sender", "POST", "/fn/hidden") == 200, "the function and its keys")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    @classmethod
    def tool(cls, *arguments):
        """A new key."""
        data = os.path.join(cls.server.directory, ".interlude")
        return subprocess.run([INTERLUDE, "keys", "create", *arguments, "--data", data], check=True, capture_output=True, text=True).stdout.split()[0]

    @classmethod
    def ask(cls, who, method, path, **headers):
        """The status."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls.server.request(method, path, None if method == "GET" else b"", {**cls.who[who], **headers})[0]

    def sent(self, ident, path="/fn/hidden/async", who="sender"):
        self.assertEqual(self.ask(who, "POST", path, X_Call_Id=ident, X_Delay_Seconds="3600"), 202)
        return ident

    def test_f16_operators_look_and_change(self):
        self.sent("mine")
        expected = {"nobody": 401, "sender": 401, "another": 401, "liar": 401, "bob": 403, "eve": 403}
        for who in self.who:
            for method, path in FOR_OPERATORS:
                with self.subTest(who=who, path=path):
                    status = self.ask(who, method, path)
                    self.assertEqual(200 if status == 204 else status, expected.get(who, 200))

    def test_f16_senders_see_their_own(self):
        self.sent("keyed")
        self.sent("open", "/fn/work/async", "nobody")
        for who in self.who:
            with self.subTest(who=who):
                self.assertEqual(self.ask(who, "GET", "/async/calls/keyed"), 200 if who in ("sender", "ada", "dev", "tool") else 404)
                self.assertEqual(self.ask(who, "GET", "/async/calls/open"), 200)

    def test_f16_senders_and_operators_cancel(self):
        for who in self.who:
            expected = 202 if who in ("sender", "ada", "dev", "tool") else 404
            with self.subTest(who=who):
                self.assertEqual(self.ask(who, "POST", "/async/calls/%s/cancel" % self.sent("a-" + who)), expected)
                self.assertEqual(self.ask(who, "DELETE", "/async-function/" + self.sent("b-" + who)), expected)
        self.assertEqual(self.ask("ada", "DELETE", "/async-function/" + self.sent("foreign"), Origin="http://evil.test"), 403)
        self.assertEqual(self.ask("ada", "DELETE", "/async-function/a-ada"), 409)
        self.assertEqual(self.ask("ada", "DELETE", "/async-function/never-sent"), 404)

    def test_f16_an_id_that_somebody_else_uses_too(self):
        self.sent("order:7")
        self.sent("order:7", "/fn/work/async", "another")
        seen = [json.loads(self.server.request("GET", "/async/calls/order:7", None, self.who[who])[1])["function"]
                for who in ("sender", "nobody")]
        self.assertEqual(seen, ["hidden", "work"])

    def test_f16_what_operators_send_is_theirs(self):
        status, _, headers = self.server.request("POST", "/2015-03-31/functions/work/invocations", b"{}",
                                                 {**self.who["tool"], "X-Amz-Invocation-Type": "Event"})
        self.assertEqual(status, 202)
        path = lower(headers)["location"]
        self.assertEqual([self.ask(who, "GET", path) for who in ("nobody", "sender", "bob", "tool", "ada")], [404, 404, 404, 200, 200])

    def test_f16_filters_that_mean_nothing_choose_nothing(self):
        for path in ("/async/dead?function=%ff", "/async/dead?function=a%00", "/async/dead?functions=work", "/async/dead/retry?fn=work"):
            with self.subTest(path=path):
                self.assertEqual(self.ask("ada", "POST" if "retry" in path else "DELETE", path), 400)
        for query in ("before=abc", "before=-9", "before=0", "before=99999999999999999999", "limit=0", "limit=-1", "limit=x", "queue=%ff"):
            with self.subTest(query=query):
                self.assertEqual(self.ask("ada", "GET", "/async/dead?" + query), 400)
                self.assertEqual(self.ask("ada", "GET", "/api/v1/calls?" + query), 400)
        self.assertEqual(self.ask("ada", "GET", "/async/dead?limit=100000&before=5&queue=a+b"), 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
