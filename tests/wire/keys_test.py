# SPDX-License-Identifier: MIT
"""Keys of functions, their rates and quotas, through a real server: row F7 of the must-have table."""
import concurrent.futures
import json
import os
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, Server, wait_until  # noqa: E402
from service import ECHO, Service, lower  # noqa: E402

FORBIDDEN = b'{"message":"Forbidden"}'
TOO_MANY = b'{"message":"Too Many Requests"}'
EXCEEDED = b'{"message":"Limit Exceeded"}'
VALUE = "legacy-value-0123456789"


def tool(server, *arguments):
    """Output of an `interlude` command on the server's data."""
    return subprocess.run([INTERLUDE, *arguments, "--data", os.path.join(server.directory, ".interlude")], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, env=server.environment).stdout.strip()


def rows(server, query):
    with server.database() as database:
        return database.execute(query).fetchall()


class RoutesTest(unittest.TestCase):
    def setUp(self):
        self.server = Server(HTTP_THREADS="3")
        self.server.drop("hidden")
        self.server.start()
        self.server.wait_live("hidden")

    def tearDown(self):
        self.server.stop()

    def send(self, key=None, path="/fn/hidden", method="GET"):
        status, body, headers = self.server.request(method, path, None, {"x-api-key": key} if key else {})
        return status, body, lower(headers)

    def test_f7_nobody_without_a_key(self):
        key = tool(self.server, "keys", "create", "--functions")
        self.assertRegex(key, r"\A[A-Za-z0-9]{40}\Z")
        for wrong in None, key[:-1], key + "x", "", "x" * 200, self.server.api_key():
            status, body, headers = self.send(wrong)
            self.assertEqual((status, body), (403, FORBIDDEN))
            self.assertEqual(headers["x-amzn-errortype"], "ForbiddenException")
            self.assertIn("x-amzn-requestid", headers)
        self.assertEqual(self.send(key)[:2], (200, b"secret"))
        for path in "/function/hidden", "/fn/hidden/async", "/async-function/hidden":
            self.assertEqual(self.send(None, path, "POST")[0], 403, path)
        self.assertEqual(self.send(key, "/function/hidden")[0], 200)
        self.assertEqual(self.send(key, "/fn/hidden/async", "POST")[0], 202)
        stored = rows(self.server, "SELECT prefix, key_hash FROM function_key")
        self.assertEqual(stored[0][0], key[:8])
        self.assertNotIn(key, str(stored))

    def test_f7_keys_are_noticed_and_revoked_beside_the_server(self):
        first = tool(self.server, "keys", "create", "--functions")
        self.assertEqual(self.send(first)[0], 200)
        made = json.loads(tool(self.server, "keys", "create", "--functions", "--label", "second", "--json"))
        wait_until(lambda: self.send(made["key"])[0] == 200, "the new key to be known")
        listed = json.loads(tool(self.server, "keys", "list", "--functions", "--json"))["keys"]
        self.assertEqual([(key["id"] == made["id"], key["service"]) for key in listed], [(False, ""), (True, "")])
        self.assertIn("second", tool(self.server, "keys", "list", "--functions"))
        tool(self.server, "keys", "revoke", made["id"])
        wait_until(lambda: self.send(made["key"])[0] == 403, "the revoked key to be refused")
        self.assertEqual(self.send(first)[0], 200)

    def test_f7_a_burst_and_no_more(self):
        key = tool(self.server, "keys", "create", "--functions", "--rate", "0.1", "--burst", "3")
        self.assertEqual([self.send(key)[0] for _ in range(5)], [200, 200, 200, 429, 429])
        status, body, headers = self.send(key)
        self.assertEqual((status, body, headers["x-amzn-errortype"]), (429, TOO_MANY, "TooManyRequestsException"))

    def test_f7_the_rate_fills_it_again(self):
        key = tool(self.server, "keys", "create", "--functions", "--rate", "20", "--burst", "1")
        self.assertEqual(self.send(key)[0], 200)
        wait_until(lambda: self.send(key)[0] == 200, "the bucket to have a token again")

    def test_f7_threads_count_together(self):
        for limit, wanted in (("--rate=0.001", "--burst=7"), 7), (("--quota=9/MONTH",), 9):
            key = tool(self.server, "keys", "create", "--functions", *limit)
            wait_until(lambda: self.send(key)[0] != 403, "the new key to be known")
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                got = list(pool.map(lambda _: self.send(key)[0], range(60)))
            self.assertEqual((got.count(200), got.count(429)), (wanted - 1, 61 - wanted))

    def used(self):
        found = rows(self.server, "SELECT used FROM function_usage")
        return found[0][0] if found else 0

    def test_f7_a_quota_survives_a_kill_and_a_stop(self):
        key = tool(self.server, "keys", "create", "--functions", "--quota", "5/MONTH")
        self.assertEqual([self.send(key)[0] for _ in range(2)], [200, 200])
        wait_until(lambda: self.used() == 2, "the calls to be counted on disk")
        self.server.kill()
        self.server.start()
        self.server.wait_live("hidden")
        self.assertEqual(self.send(key)[0], 200)
        self.server.stop(keep=True)  # writes what is not there yet
        self.assertEqual(self.used(), 3)
        self.server.start()
        self.server.wait_live("hidden")
        self.assertEqual([self.send(key)[0] for _ in range(3)], [200, 200, 429])
        status, body, headers = self.send(key)
        self.assertEqual((status, body, headers["x-amzn-errortype"]), (429, EXCEEDED, "LimitExceededException"))
        self.assertIn("5 of 5 a MONTH", wait_until(lambda: self.used() == 5 and tool(self.server, "keys", "list", "--functions"),
                                                   "the last calls to be counted", 7))

    def api(self, method, path="", body=None):
        status, answer, _ = self.server.request(method, "/api/v1/function-keys" + path, body and json.dumps(body).encode(),
                                                {"Content-Type": "application/json"})
        return status, json.loads(answer or b"null")

    def test_f7_keys_of_the_dashboard(self):
        status, made = self.api("POST", body={"label": "partner", "rate": 100, "burst": 5, "quota": 2, "period": "WEEK"})
        self.assertEqual(status, 201)
        self.assertEqual(self.send(made["key"])[0], 200)
        self.assertEqual(self.api("POST", body={"label": "partner"})[0], 409)
        self.assertEqual(self.api("POST", body={"period": "YEAR"})[0], 400)
        key = self.api("GET")[1]["keys"][0]
        self.assertEqual((key["id"], key["label"], key["prefix"], key["service"], key["rate"], key["burst"], key["quota"], key["period"]),
                         (made["id"], "partner", made["key"][:8], None, 100, 5, 2, "WEEK"))
        self.assertEqual(self.api("DELETE", "/" + made["id"]), (204, None))
        wait_until(lambda: self.send(made["key"])[0] == 403, "the revoked key to be refused")
        self.assertEqual(self.api("DELETE", "/" + made["id"])[0], 404)

    def test_other_servers_count_too(self):
        key = tool(self.server, "keys", "create", "--functions", "--quota", "10/MONTH")
        self.assertEqual(self.send(key)[0], 200)
        wait_until(lambda: self.used() == 1, "the call to be counted on disk")
        with self.server.database() as database:
            database.execute("UPDATE function_usage SET used = used + 7")
        self.assertEqual(self.send(key)[0], 200)
        wait_until(lambda: self.used() == 9, "both to be added up")
        self.assertEqual(wait_until(lambda: self.send(key)[0] == 429 and self.send(key)[1], "the quota to be used up"), EXCEEDED)


CONFIG = """
    service: shop
    provider:
      name: interlude
      runtime: c17
      apiGateway:
        apiKeys:
          - free: [ walker, { name: legacy, value: %s } ]
          - paid: [ { name: off, value: disabled-value-0123456789, enabled: false }, { value: alike-in-front-1-1234 }, { value: alike-in-front-2-1234 } ]
        usagePlan:
          - free: { quota: { limit: 4, period: MONTH }, throttle: { rateLimit: 0.1, burstLimit: 3 } }
          - paid: { throttle: { rateLimit: 1000, burstLimit: 1000 } }
    functions:
      quote:
        handler: dist/quote.echo
        events:
          - http: { path: 'quote/{id}', method: any, private: true, request: { parameters: { querystrings: { x: true, y: false }, headers: { X-Need: true }, paths: { id: true } } } }
          - http: { path: open, method: get }
      two:
        handler: dist/quote.echo
        events:
          - http: { path: two/checked, method: get, request: { parameters: { querystrings: { x: true } } } }
          - http: { path: two/locked, method: get, private: true }
    """


class ServiceTest(unittest.TestCase):
    def setUp(self):
        self.server = Service(CONFIG % VALUE, {"quote": ECHO})
        self.server.start()

    def tearDown(self):
        self.server.stop()

    def printed(self, name):
        """The value of a key, as `interlude dev` says it last."""
        return wait_until(lambda: [line.split()[-1] for line in self.server.log().splitlines() if "key: %s: " % name in line],
                          "the key to be printed")[-1]

    def test_f7_keys_and_plans_of_a_file(self):
        call = self.server.call
        key = self.printed("walker")
        self.assertRegex(key, r"\A[A-Za-z0-9]{40}\Z")
        self.assertEqual(call("/open")[0], 200)
        for wrong in {}, {"x_api_key": "disabled-value-0123456789"}, {"x_api_key": key[::-1]}:
            self.assertEqual(call("/quote/1?x=1", X_Need="1", **wrong)[:2], (403, FORBIDDEN))
        status, body, _ = call("/quote/1?x=1", X_Need="1", x_api_key=key)
        identity = json.loads(body)["requestContext"]["identity"]
        self.assertEqual((status, identity["apiKey"]), (200, key))
        self.assertEqual([(identity["apiKeyId"],)], rows(self.server, "SELECT id FROM function_key WHERE name = 'walker'"))
        self.assertEqual([call("/quote/1?x=1", X_Need="1", x_api_key=key)[0] for _ in range(3)], [200, 200, 429])
        self.assertEqual(call("/quote/1?x=1", X_Need="1", x_api_key=VALUE)[0], 200)  # each key has its own bucket
        self.assertEqual(call("/function/quote?x=1", x_api_key="x" * 30)[0], 403)  # the name is no way around it

    def test_f7_a_file_is_in_force_when_it_is_live(self):
        for value in "alike-in-front-1-1234", "alike-in-front-2-1234":  # without a name, both begin with the same letters
            self.assertEqual(self.server.call("/two/locked", x_api_key=value)[0], 200)

    def test_f7_no_other_address_goes_around_a_key(self):
        call, key = self.server.call, "alike-in-front-1-1234"
        for path in "/two/locked", "/two/%6cocked", "/function/two?x=1", "/function/shop-dev-two/two/locked?x=1":
            self.assertEqual(call(path)[:2], (403, FORBIDDEN), path)
            self.assertEqual(call(path, "HEAD")[0], 403, path)
            self.assertEqual(call(path, x_api_key=key)[0], 200, path)
        self.assertEqual(call("/async-function/two", "POST", b"")[0], 403)
        with socket.create_connection(("127.0.0.1", self.server.port)) as sock:  # which of two would count?
            sock.sendall(("GET /fn/shop/dev/two/locked HTTP/1.1\r\nHost: x\r\nX-Api-Key: %s\r\nx-api-key: y\r\n\r\n" % key).encode())
            self.assertIn(b" 403 ", sock.makefile("rb").readline())

    def test_f7_a_generated_key_stays_and_a_removed_one_goes(self):
        key = self.printed("walker")
        self.server.write("serverless.yml", (CONFIG % "another-value-0123456789").replace("limit: 4", "limit: 1"))
        wait_until(lambda: self.server.call("/quote/1?x=1", X_Need="1", x_api_key=VALUE)[0] == 403, "the old value to be refused")
        self.assertEqual(self.server.call("/quote/1?x=1", X_Need="1", x_api_key=key)[0], 200)
        self.assertEqual(self.server.call("/quote/1?x=1", X_Need="1", x_api_key=key)[1], EXCEEDED)
        self.server.stop(keep=True)
        self.server.start()
        self.assertEqual(self.printed("walker"), key)
        self.server.write("serverless.yml", (CONFIG % VALUE).replace("walker, ", ""))
        wait_until(lambda: self.server.call("/quote/1?x=1", X_Need="1", x_api_key=key)[0] == 403, "the removed key to be refused")

    def test_required_parameters(self):
        call, key = self.server.call, "alike-in-front-1-1234"
        for path, headers, missing in (("/quote/1", {}, "x, X-Need"), ("/quote/1?y", {"X_Need": "1"}, "x"), ("/quote/1?x=1", {}, "X-Need"),
                                       ("/quote/1?x=", {"X_Need": ""}, "x, X-Need")):  # blank is missing
            status, body, got = call(path, x_api_key=key, **headers)
            self.assertEqual((status, body), (400, b'{"message": "Missing required request parameters: [%s]"}' % missing.encode()))
            self.assertEqual(got["x-amzn-errortype"], "BadRequestException")


if __name__ == "__main__":
    unittest.main(verbosity=2)
