# SPDX-License-Identifier: MIT
"""What provider.apiGateway, provider.httpApi and provider.logs make of answers and addresses: access logs, compression, addresses
that are not served, and --aws-strict."""
import gzip
import json
import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, wait_until  # noqa: E402
from service import ECHO, Service  # noqa: E402

# Answers with as many letters as its query says.
LETTERS = """
    #include <interlude.h>
    #include <poll.h>
    #include <stdlib.h>
    #include <string.h>
    static il_status letters(il_request *req, il_response *res)
    {
        static char text[4 << 20];
        const char *count = il_query(req, "count"), *coding = il_query(req, "coding");
        memset(text, 'a', sizeof text);
        if (il_query(req, "random"))
            for (size_t i = 0; i < sizeof text; i++)
                text[i] = (char)(32 + rand() % 90);
        if (il_query(req, "sleep"))
            poll(NULL, 0, 5000);
        il_respond_header(res, "x-mine", "yes");
        if (coding)
            il_respond_header(res, "Content-Encoding", coding);
        return il_respond(res, 200, "text/plain", text, count ? strtoul(count, NULL, 10) : 0);
    }
    IL_FUNCTION(letters, .method = "ANY");
    """

CONFIG = """
    service: shop
    provider:
      name: interlude
      apiGateway: { minimumCompressionSize: 1000, apiKeys: [ { name: partner, value: partner-value-0123456789 } ] }
      logs:
        restApi:
          format: '{"id":"$context.requestId","ip":"$context.identity.sourceIp","agent":"$context.identity.userAgent","key":"$context.identity.apiKeyId","method":"$context.httpMethod","resource":"$context.resourcePath","path":"$context.path","stage":"$context.stage","status":$context.status,"length":$context.responseLength,"ms":$context.responseLatency,"own":"$context.integrationLatency","error":"$context.error.message","who":"$context.authorizer.principalId","more":"$context.authorizer.plan","nothing":"$context.nothing.known","protocol":"$context.protocol","host":"$context.domainName","time":"$context.requestTime","epoch":$context.requestTimeEpoch}.'
        httpApi: true
    functions:
      letters:
        handler: dist/letters.letters
        timeout: 1
        events:
          - http: { path: 'letters/{name}', method: get, cors: true }
          - http: { path: private, method: get, private: true }
          - http: { path: guarded, method: get, authorizer: { name: guard, type: request, identitySource: method.request.header.who } }
          - http: POST /letters
          - httpApi: GET /v2/letters
      guard: { handler: dist/guard.guard }
      quiet: { handler: dist/letters.letters }
    """

GUARD = r"""
    #include <interlude.h>
    static il_status guard(il_request *req, il_response *res)
    {
        return il_respond_lambda(res, "{\"principalId\":\"u1\",\"policyDocument\":{\"Statement\":[{\"Effect\":\"Allow\","
            "\"Action\":\"*\",\"Resource\":\"*\"}]},\"context\":{\"plan\":\"gold\"}}");
    }
    IL_FUNCTION(guard);
    """


class GatewayTest(unittest.TestCase):
    config, arguments, sources = CONFIG, [], {"letters": LETTERS, "guard": GUARD}

    def setUp(self):
        self.server = Service(self.config, self.sources)
        self.server.arguments = self.arguments
        self.server.start()

    def tearDown(self):
        self.server.stop()


class AccessLogTest(GatewayTest):
    def lines(self, count):
        path = "/api/v1/functions/shop-dev/access/logs"
        return wait_until(lambda: (lambda got: len(got) >= count and got)(self.server.json(path)["lines"]), "%d lines" % count)

    def rest(self, count):
        found = [line for line in self.lines(count) if line.startswith('{"id"')]
        self.assertTrue(all(line.endswith("}.") for line in found), found)
        return [json.loads(line[:-1]) for line in found]

    def test_a_line_for_each_request(self):
        status, _, headers = self.server.call("/letters/a%20b?count=7", User_Agent='me "quoted"\t')
        self.assertEqual(status, 200)
        line = self.rest(1)[0]
        self.assertEqual(line["id"], headers.get("x-call-id", line["id"]))
        self.assertRegex(line["id"], r"^[0-9a-f-]{36}$")
        for name, value in {"ip": "127.0.0.1", "agent": 'me "quoted"', "key": "-", "method": "GET", "resource": "/letters/{name}",
                            "path": "/dev/letters/a%20b", "stage": "dev", "status": 200, "length": 7, "error": "-", "who": "-",
                            "more": "-", "nothing": "-", "protocol": "HTTP/1.1", "host": "127.0.0.1"}.items():
            self.assertEqual(line[name], value, name)
        self.assertTrue(0 <= line["ms"] < 1000 and 0 <= int(line["own"]) <= line["ms"])
        self.assertLess(abs(line["epoch"] - time.time() * 1000), 30000)
        self.assertRegex(line["time"], r"^\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000$")

    def test_refusals_are_there_too(self):
        self.server.call("/private")
        self.server.call("/private", x_api_key="partner-value-0123456789")
        self.server.call("/guarded", who="me")
        self.server.call("/letters/a?sleep=1")
        self.server.call("/letters/a", "OPTIONS", Origin="http://x.test", Access_Control_Request_Method="GET")
        self.server.call("/letters/async", "POST", b"x")
        self.assertEqual(self.server.call("/nothing")[0], 404)  # no address, no line
        lines = self.rest(6)
        self.assertEqual([line["status"] for line in lines], [403, 200, 200, 504, 200, 202])
        self.assertEqual([line["error"] for line in lines], ["Forbidden", "-", "-", "Endpoint request timed out", "-", "-"])
        self.assertEqual((lines[0]["own"], lines[2]["who"], lines[2]["more"]), ("-", "u1", "gold"))
        self.assertNotEqual(lines[1]["key"], "-")
        self.assertGreaterEqual(lines[3]["ms"], 900)

    def test_http_api_as_the_framework_writes_it(self):
        self.assertEqual(self.server.call("/v2/letters?count=3")[0], 200)
        line = json.loads(self.lines(1)[0])
        self.assertEqual((line["httpMethod"], line["path"], line["routeKey"], line["status"]),
                         ("GET", "/v2/letters", "GET /v2/letters", 200))
        out = subprocess.run([INTERLUDE, "logs", "-f", "shop-dev/access", "--url", "http://127.0.0.1:%d" % self.server.port],
                             capture_output=True, text=True, check=True).stdout
        self.assertEqual(json.loads(out), line)
        self.assertEqual(self.server.get("/api/v1/functions/shop-prod/access/logs")[0], 404)

    def test_the_invoke_api_is_not_the_gateway(self):
        self.assertEqual(self.server.request("POST", "/2015-03-31/functions/letters/invocations", b"{}")[0], 200)
        self.assertEqual(self.server.call("/v2/letters")[0], 200)
        self.assertEqual(len(self.lines(1)), 1)


class CompressionTest(GatewayTest):
    def get(self, query, accept="gzip, br", path="/letters/a"):
        status, body, headers = self.server.call(path + "?" + query, Accept_Encoding=accept)
        self.assertEqual((status, headers["x-mine"], headers["content-type"]), (200, "yes", "text/plain"))
        self.assertEqual(int(headers["content-length"]), len(body))
        return body, headers.get("content-encoding"), headers.get("vary")

    def test_answers_above_the_size(self):
        for count in 1000, 5000, 200000, 4 << 20:
            body, coding, vary = self.get("count=%d" % count)
            self.assertEqual((coding, vary), ("gzip", "accept-encoding"), count)
            self.assertEqual(gzip.decompress(body), b"a" * count)
            self.assertLess(len(body), count / 20)

    def test_answers_that_stay_as_they_are(self):
        self.assertEqual(self.get("count=999")[:2], (b"a" * 999, None))
        for accept in "", "br", "gzip;q=0", "identity":
            self.assertEqual(self.get("count=2000", accept)[:2], (b"a" * 2000, None), accept)
        self.assertEqual(self.get("count=2000&coding=mine")[:2], (b"a" * 2000, "mine"))
        self.assertEqual(self.get("count=2000", path="/v2/letters")[:2], (b"a" * 2000, None))  # REST only
        self.assertEqual(len(self.get("count=1000&random=1")[0]) <= 1000, True)

    def test_head(self):
        status, body, headers = self.server.call("/letters/a?count=5000", "HEAD", Accept_Encoding="gzip")
        self.assertEqual((status, body, headers["content-encoding"]), (200, b"", "gzip"))


class AddressTest(GatewayTest):
    sources = {"echo": ECHO}
    config = """
        service: shop
        provider:
          name: interlude
          httpApi: { disableDefaultEndpoint: true }
          apiGateway: { disableDefaultEndpoint: %s }
        custom: { interlude: { mount: /market } }
        functions:
          echo:
            handler: dist/echo.echo
            events: [ { http: GET /one }, { httpApi: GET /two } ]
        """ % "false"

    def statuses(self, method="GET"):
        return [self.server.request(method, base + path)[0] for base in ("/fn/shop/dev", "/market") for path in ("/one", "/two")]

    def test_only_where_it_is_mounted(self):
        self.assertEqual(self.statuses(), [200, 404, 200, 200])
        self.assertIn("/market/two", self.server.log())
        self.server.write("serverless.yml", self.config.replace("false", "true"))
        wait_until(lambda: self.statuses() == [404, 404, 200, 200], "the other address to be gone")
        self.assertEqual(self.server.request("GET", "/function/echo")[0], 200)  # by name it can be called as ever
        self.assertEqual(self.server.request("GET", "/fn/shop/dev/one")[1], b'{"message":"Not Found"}')

    def test_it_is_told_when_nothing_is_left(self):
        self.server.write("serverless.yml", self.config.replace("custom: { interlude: { mount: /market } }", ""))
        wait_until(lambda: "disableDefaultEndpoint" in self.server.log(), "the warning")

    def test_head_runs_get(self):
        self.assertEqual(self.server.request("HEAD", "/fn/shop/dev/one")[0], 200)


class StrictTest(GatewayTest):
    arguments, sources = ["--aws-strict"], {"echo": ECHO}
    config = """
        service: shop
        provider: { name: interlude }
        functions:
          echo: { handler: dist/echo.echo, events: [ { http: GET /one }, { http: ANY /any }, { http: GET /both }, { http: HEAD /both } ] }
        """

    def test_head_has_to_be_declared(self):
        self.server.drop("echo", "plain.so")
        self.server.wait_live("plain")
        got = [self.server.request("HEAD", "/fn/" + path)[0] for path in ("shop/dev/one", "shop/dev/any", "shop/dev/both")]
        self.assertEqual(got, [404, 200, 200])
        self.assertEqual(self.server.request("GET", "/fn/shop/dev/one")[0], 200)


if __name__ == "__main__":
    unittest.main()
