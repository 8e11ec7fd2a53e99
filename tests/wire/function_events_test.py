# SPDX-License-Identifier: MIT
"""Functions of a service from outside: the events they get, what becomes of their results, limits. Rows F1, F3, F4 of the must-have table."""
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import fixtures  # noqa: E402
from interlude import INTERLUDE, MODULES, Server, wait_until  # noqa: E402

SERVICE = """
service: shop
provider: { name: interlude, runtime: so, timeout: 10, apiGateway: { apiKeys: [ partner ] } }
custom: { interlude: { mount: / } }
functions:
  event:
    handler: dist/lambda.event
    events:
      - http: { path: 'echo/{id}', method: any, cors: true }
      - httpApi: '* /v2/{id}'
  proxied: { handler: dist/lambda.proxied, events: [ { http: 'ANY /proxied/{id}' }, { httpApi: '* /v2-proxied/{id}' } ] }
  result: { handler: dist/lambda.result, events: [ { http: 'ANY /result' }, { httpApi: '* /v2-result' } ] }
  typed: { handler: dist/lambda.typed, events: [ { http: 'ANY /typed/{id}' }, { httpApi: '* /v2-typed/{id}' } ] }
  back: { handler: dist/lambda.back, events: [ { http: 'ANY /back' }, { httpApi: '* /v2-back' } ] }
  call: { handler: dist/lambda.call, memorySize: 256, events: [ { http: 'ANY /call' }, { httpApi: '* /v2-call' } ] }
  fails: { handler: dist/lambda.fails, events: [ { http: 'ANY /fails' }, { httpApi: '* /v2-fails' } ] }
  sleeps: { handler: dist/lambda.sleeps, timeout: 1, events: [ { http: 'ANY /sleeps' }, { httpApi: '* /v2-sleeps' } ] }
  private: { handler: dist/lambda.back, events: [ { http: { path: private, method: any, private: true } } ] }
  only: { handler: dist/lambda.back, events: [ { http: 'POST /only' }, { httpApi: 'POST /v2-only' } ] }
"""
V1_ERROR, V2_ERROR = b'{"message": "Internal server error"}', b'{"message":"Internal Server Error"}'


class Answer:
    """Of a raw exchange: repeated headers stay apart, bytes stay bytes."""

    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        line, *lines = head.decode("utf-8").split("\r\n")
        self.status = int(line.split(" ")[1])
        self.headers = [tuple(entry.split(": ", 1)) for entry in lines]

    def values(self, name):
        return [value for other, value in self.headers if other.lower() == name]


class FunctionEventsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        os.mkdir(os.path.join(cls.server.directory, "dist"))
        shutil.copy(os.path.join(MODULES, "lambda.so"), os.path.join(cls.server.directory, "dist"))
        with open(os.path.join(cls.server.directory, "serverless.yml"), "w", encoding="utf-8") as file:
            file.write(SERVICE)
        cls.server.drop("lambda")
        cls.server.start()
        wait_until(lambda: cls.server.get("/back")[0] == 200, lambda: "the service to be live:\n" + cls.server.log()[-2000:])

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def raw(self, data):
        with socket.create_connection(("127.0.0.1", self.server.port)) as sock:
            sock.settimeout(30)
            sock.sendall(data)
            got = b""
            while part := sock.recv(1 << 16):
                got += part
        return Answer(got)

    def send(self, path, body=b"", method="POST", **headers):
        lines = "".join("%s: %s\r\n" % (name.replace("_", "-"), value) for name, value in headers.items())
        head = "%s %s HTTP/1.1\r\nHost: functions.example.test\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n" % (
            method, path, lines, len(body))
        return self.raw(head.encode() + body)

    def check_leaks(self, answer):
        for leak in (b"lambda.so", b"dist/", self.server.directory.encode(), b"    at ", b".c:", b"/echo"):
            self.assertNotIn(leak, answer.body)

    # ---- F3

    def check_events(self, kind):
        for name in fixtures.names(kind):
            with self.subTest(name):
                answer = self.raw(fixtures.request(name))
                self.assertEqual(answer.status, 200, answer.body)
                self.assertIsNone(fixtures.difference(fixtures.event(name), json.loads(answer.body)))

    def test_f3_rest_v1(self):
        self.check_events("rest-v1")

    def test_f3_httpapi_v2(self):
        self.check_events("httpapi-v2")

    def test_f3_functions_of_routes(self):
        """Payload 2.0, without /fn in rawPath."""
        for name in fixtures.names("httpapi-v2"):
            with self.subTest(name):
                answer = self.raw(fixtures.request(name).replace(b" /v2/", b" /fn/v2/", 1))
                self.assertIsNone(fixtures.difference(fixtures.event(name), json.loads(answer.body)))

    def test_f3_canonical_address_and_by_name(self):
        got = json.loads(self.send("/fn/shop/dev/echo/1?a=1").body)
        self.assertEqual((got["path"], got["requestContext"]["path"], got["resource"]), ("/echo/1", "/dev/echo/1", "/echo/{id}"))
        got = json.loads(self.send("/fn/shop/dev/v2/1").body)
        self.assertEqual((got["rawPath"], got["routeKey"]), ("/v2/1", "ANY /v2/{id}"))

    # ---- F1

    def test_f1_typed_and_through_json(self):
        """The same event whether it is answered as it is or inside of a result."""
        for place in ("/proxied/x%20y", "/v2-proxied/x%20y"):
            answer = self.send(place + "?q=1", b'{"a":"\\"b\\""}', Content_Type="application/json", X_Multi="ä")
            got = json.loads(answer.body)
            self.assertEqual(got["body"], '{"a":"\\"b\\""}')
            self.assertEqual(got["pathParameters"], {"id": "x y"})
            self.assertEqual(answer.values("content-type"), ["application/json"])

    def test_f1_typed_accessors(self):
        for place in ("/typed/", "/v2-typed/"):
            answer = self.raw(("PUT %sa%%20b?a=1&a=2 HTTP/1.1\r\nHost: h\r\nX-Multi: one\r\nx-multi: two\r\nConnection: close\r\n"
                               "Content-Length: 3\r\n\r\nabc" % place).encode())
            self.assertEqual(answer.body.decode(), "PUT %sa%%20b a b\none,two\n1,2\nno more\n" % place)
            self.assertEqual((answer.values("x-body"), answer.values("set-cookie")), (["3"], ["a=1", "b=2"]))
            self.assertEqual((answer.values("trailer"), answer.values("content-length")), ([], [str(len(answer.body))]))
            self.assertEqual(answer.values("content-type"), ["text/x-own"])

    def test_f1_context(self):
        lines = self.send("/call").body.decode().split("\n")
        self.assertEqual(lines[1:6], ["shop-dev-call", "$LATEST", "arn:aws:lambda:local:000000000000:function:shop-dev-call".replace(
            "local", lines[3].split(":")[3]), "256", "/aws/lambda/shop-dev-call"])
        self.assertEqual((lines[10], lines[11:14]), (lines[0], ["1", "1", "dev"]))

    def test_f1_http_invoke_and_invoke_local_agree(self):
        result = {"statusCode": 201, "headers": {"x-a": "b"}, "body": "hi"}
        answer = self.send("/result", json.dumps(result).encode())
        self.assertEqual((answer.status, answer.values("x-a"), answer.body), (201, ["b"], b"hi"))
        for command in ("invoke local", "invoke"):
            code, out, said = self.run_command(*command.split(" "), "-f", "result", "-d", json.dumps(result))
            self.assertEqual((code, said), (0, ""), command)
            self.assertEqual(json.loads(out), result)

    def run_command(self, *words):
        """Exit code, standard output, standard error of a command beside the server."""
        environment = dict(os.environ, INTERLUDE_DEPLOY_KEY=self.server.api_key(), INTERLUDE_URL="http://127.0.0.1:%d" % self.server.port)
        done = subprocess.run([INTERLUDE, *words], cwd=self.server.directory, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_f1_invoke(self):
        typed = json.loads(self.run_command("invoke", "-f", "back", "-d", "text")[1])
        self.assertEqual((typed["statusCode"], typed["body"]), (200, '"text"'))
        self.assertEqual(self.run_command("invoke", "-f", "shop-dev-result")[:2], (0, "{}\n"))
        self.assertEqual(self.run_command("invoke", "-f", "result", "-t", "DryRun"), (0, "", ""))
        code, out, _ = self.run_command("invoke", "-f", "result", "-d", "1", "--type", "Event")
        self.assertEqual((code, len(out.strip())), (0, 36), out)
        code, out, said = self.run_command("invoke", "-f", "fails", "-d", "1", "-l")
        self.assertEqual(code, 1)
        self.assertEqual(json.loads(out)["errorMessage"], "the handler returned IL_FAILED")
        self.assertIn("the function failed (Handled)", said)
        code, out, said = self.run_command("invoke", "-f", "sleeps", "-d", "1")
        self.assertEqual((code, json.loads(out)["body"]), (0, "slept"))
        self.assertEqual(self.run_command("invoke", "-f", "nothing", "-d", "1")[0], 1)
        lines = json.loads(self.run_command("invoke", "-f", "call", "-d", "1", "--context", '{"client": {}}')[1])["body"].split("\n")
        self.assertEqual((lines[1], lines[8], lines[13]), ("shop-dev-call", '{"client": {}}', "dev"))
        self.assertEqual(self.run_command("invoke", "back", "--body", "x")[1], "x")
        self.assertEqual(self.run_command("invoke")[0], 2)
        code, out, _ = self.run_command("invoke", "-f", "fails", "-d", "1", "--json")
        answer = json.loads(out)
        self.assertEqual((code, answer["status"], answer["functionError"], answer["result"]["errorType"]), (1, 200, "Handled", "Error"))
        self.assertRegex(json.loads(self.run_command("invoke", "-f", "result", "-t", "Event", "--json")[1])["callId"], r"^[0-9a-f-]{36}$")
        code, out, said = self.run_command("invoke", "-f", "two words", "-d", "{")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("the event is not JSON", said)
        self.assertEqual(self.run_command("invoke", "-f", "two words")[:2], (1, ""))
        self.assertIn("cannot read ./none.yml", self.run_command("invoke", "-f", "result", "-c", "none.yml")[2])

    def test_durable_calls_get_the_same_event(self):
        """With the address of the sync call, the caller's address, and which attempt it is."""
        answer = self.send("/fn/shop/dev/echo/1/async?a=1", b"text", Content_Type="text/plain", X_Multi="x")
        self.assertEqual(answer.status, 202, answer.body)
        ident = answer.values("x-call-id")[0]
        self.wait_state(ident, "succeeded")
        got = json.loads(self.server.json("/async/calls/%s/result" % ident)["body"])
        self.assertEqual((got["path"], got["resource"], got["body"], got["queryStringParameters"]),
                         ("/echo/1", "/echo/{id}", "text", {"a": "1"}))
        self.assertEqual((got["requestContext"]["identity"]["sourceIp"], got["requestContext"]["requestId"]), ("127.0.0.1", ident))
        self.assertEqual((got["headers"]["X-Call-Id"], got["headers"]["X-Retry"], got["headers"]["X-Multi"]), (ident, "0", "x"))

    def wait_state(self, ident, state):
        wait_until(lambda: self.server.json("/async/calls/" + ident)["state"] == state,
                   lambda: "%s to be %s:\n%s" % (ident, state, self.server.log()[-3000:]))

    def test_cancelled_durable_calls_are_told(self):
        ident = self.send("/fn/canceled/async").values("x-call-id")[0]
        self.wait_state(ident, "running")
        self.assertIn(self.server.request("DELETE", "/async-function/" + ident)[0], (200, 202))
        wait_until(lambda: ident + " was canceled" in self.server.log(), lambda: "the handler to know:\n" + self.server.log()[-3000:])

    # ---- F4: the rows of responses.tsv

    def both(self, result, v1, v2):
        """A result sent through http and httpApi; what is expected: status and body."""
        body = result if isinstance(result, bytes) else json.dumps(result).encode()
        answers = []
        for place, (status, text) in (("/result", v1), ("/v2-result", v2)):
            answer = self.send(place, body)
            self.assertEqual((answer.status, answer.body), (status, text), (place, result))
            self.assertEqual(answer.values("content-length"), [str(len(answer.body))])
            if status >= 500:
                self.check_error(answer)
            else:
                self.assertEqual(len(answer.values("content-type")), 1)
            answers.append(answer)
        return answers

    def check_error(self, answer):
        self.check_leaks(answer)
        self.assertEqual(answer.values("content-type"), ["application/json"])
        self.assertTrue(answer.values("x-amzn-requestid") and answer.values("x-call-id"), answer.headers)

    def test_f4_status_and_body(self):
        self.both({"statusCode": 200, "body": "ok"}, (200, b"ok"), (200, b"ok"))
        self.both({"statusCode": "201", "body": "created"}, (201, b"created"), (201, b"created"))

    def test_f4_no_status_code(self):
        _, v2 = self.both(b'{"body":"x"}', (502, V1_ERROR), (200, b'{"body":"x"}'))
        self.assertEqual(v2.values("content-type"), ["application/json"])

    def test_f4_json_string(self):
        _, v2 = self.both("plain", (502, V1_ERROR), (200, b"plain"))
        self.assertEqual(v2.values("content-type"), ["application/json"])

    def test_f4_body_is_no_text(self):
        self.both({"statusCode": 200, "body": {"a": 1}}, (502, V1_ERROR), (500, V2_ERROR))

    def test_f4_null(self):
        self.both(None, (502, V1_ERROR), (200, b"null"))

    def test_f4_handler_error(self):
        for place, status, body in (("/fails", 502, V1_ERROR), ("/v2-fails", 500, V2_ERROR), ("/fn/fails", 502, V1_ERROR)):
            answer = self.send(place)
            self.assertEqual((answer.status, answer.body), (status, body))
            self.check_error(answer)

    def test_f4_timeout_and_the_call_after_it(self):
        for place, status, body in (("/sleeps", 504, b'{"message": "Endpoint request timed out"}'),
                                    ("/v2-sleeps", 503, b'{"message":"Service Unavailable"}')):
            answer = self.send(place + "?ms=5000")
            self.assertEqual((answer.status, answer.body), (status, body))
            self.check_error(answer)
            answer = self.send(place)
            self.assertEqual((answer.status, answer.body), (200, b"slept"))

    def test_f4_multi_value_headers(self):
        v1, v2 = self.both({"statusCode": 200, "multiValueHeaders": {"x-a": [1, 2]}}, (200, b""), (200, b""))
        self.assertEqual((v1.values("x-a"), v2.values("x-a")), (["1", "2"], []))

    def test_f4_multi_value_set_cookie(self):
        v1, v2 = self.both({"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a", "b"]}}, (200, b""), (200, b""))
        self.assertEqual((v1.values("set-cookie"), v2.values("set-cookie")), (["a", "b"], []))

    def test_f4_cookies(self):
        v1, v2 = self.both({"statusCode": 200, "cookies": ["c=3"]}, (200, b""), (200, b""))
        self.assertEqual((v1.values("set-cookie"), v2.values("set-cookie")), ([], ["c=3"]))

    def test_f4_base64(self):
        png = {"statusCode": 200, "isBase64Encoded": True, "body": "iVBORw==", "headers": {"Content-Type": "image/png"}}
        for answer in self.both(png, (200, b"\x89PNG"), (200, b"\x89PNG")):
            self.assertEqual(answer.values("content-type"), ["image/png"])

    def test_f4_private_route(self):
        for headers in ({}, {"x_api_key": "wrong"}):
            answer = self.send("/private", **headers)
            self.assertEqual((answer.status, answer.body), (403, b'{"message":"Forbidden"}'))
            self.assertEqual(answer.values("x-amzn-errortype"), ["ForbiddenException"])

    def test_f4_unknown_path_and_wrong_method(self):
        for method, path in (("POST", "/fn/shop/dev/nothing"), ("POST", "/nothing/here"), ("GET", "/nothing"), ("GET", "/fn/shop/dev/only"),
                             ("GET", "/only"), ("GET", "/v2-only")):
            answer = self.send(path, method=method)
            self.assertEqual((answer.status, answer.body), (404, b'{"message":"Not Found"}'), (method, path))
            self.check_error(answer)

    def test_urls_that_are_none(self):
        for path in ("/echo/%zz", "/echo/a%00b", "/echo/%ff", "/fn/shop/dev/../x", "/fn/%2e%2E/x", "/fn/back/%", "/function/back/%"):
            answer = self.send(path)
            self.assertEqual((answer.status, answer.body), (400, b'{"message":"Bad Request"}'), path)
            self.check_error(answer)
        self.assertEqual(self.send("/api/v1/%zz").values("content-type"), ["application/problem+json"])

    def test_headers_that_are_the_servers_own(self):
        result = {"statusCode": 200, "body": "abc", "headers": {"Content-Length": "99", "Transfer-Encoding": "chunked", "Connection": "x",
                                                                "Keep-Alive": "y", "Upgrade": "z"}}
        for answer in self.both(result, (200, b"abc"), (200, b"abc")):
            self.assertFalse(answer.values("transfer-encoding") or answer.values("upgrade") or answer.values("keep-alive"))
        result["headers"] = {"Proxy-Authenticate": "Basic", "Proxy-Authorization": "x", "TE": "trailers", "Trailer": "x", "X-Mine": "1"}
        for answer in self.both(result, (200, b"abc"), (200, b"abc")):
            self.assertEqual([name for name, _ in answer.headers if name.lower().startswith(("proxy", "t", "x-mine"))], ["X-Mine"])
        for text in ("a\r\nx-injected: 1", "a\nb", "a\rb", "\x00"):
            self.both({"statusCode": 200, "headers": {"x-a": text}}, (502, V1_ERROR), (500, V2_ERROR))

    def test_names_of_headers_that_differ_in_case(self):
        headers = {"Content-Type": "text/a", "content-type": "text/b", "X-A": "1", "x-b": "2", "x-a": "3"}
        for answer in self.both({"statusCode": 200, "headers": headers}, (200, b""), (200, b"")):
            self.assertEqual((answer.values("content-type"), answer.values("x-a"), answer.values("x-b")), (["text/b"], ["3"], ["2"]))

    def test_a_hundred_headers(self):
        headers = {"x-%d" % i: "v" for i in range(100)}
        for answer in self.both({"statusCode": 200, "headers": headers}, (200, b""), (200, b"")):
            self.assertEqual(len([name for name, _ in answer.headers if name.startswith("x-")]), 100)
        self.both({"statusCode": 200, "headers": {**headers, "one": "more"}}, (502, V1_ERROR), (500, V2_ERROR))
        self.assertIn("the result has more than 100 headers", self.server.log())

    def test_results_that_are_no_json(self):
        for text in (b"plain", b"{", b'{"statusCode":200}x', b"\xff", b'{"statusCode":200,"isBase64Encoded":true,"body":"*"}'):
            self.both(text, (502, V1_ERROR), (500, V2_ERROR))

    # ---- 1.9

    def test_ten_megabytes_both_ways(self):
        body = bytes(range(256)) * (10 << 12)
        for place in ("/back", "/v2-back", "/fn/back"):
            answer = self.send(place, body)
            self.assertEqual((answer.status, len(answer.body), answer.body == body), (200, 10 << 20, True))

    def test_events_and_results_above_six_megabytes(self):
        text = b"x" * 6_291_456
        for place, said in (("/echo/1", b'{"message":"Request Too Long"}'), ("/v2/1", b'{"message":"Request Entity Too Large"}')):
            answer = self.send(place, text)
            self.assertEqual((answer.status, answer.body), (413, said))
            self.check_error(answer)
        self.assertEqual(self.send("/echo/1", text[:-4096]).status, 200)
        over = json.dumps({"statusCode": 200, "body": "x" * 6_291_556}).encode()
        self.both(over, (502, V1_ERROR), (500, V2_ERROR))

    def test_events_of_the_invoke_api_above_six_megabytes(self):
        path = "/2015-03-31/functions/result/invocations"
        fits, over = (json.dumps("x" * (size - 2)).encode() for size in (6_291_456, 6_291_457))
        key = "Bearer " + self.server.api_key()
        self.assertEqual(self.send(path, fits).status, 403)
        answer = self.send(path, fits, Authorization=key)
        self.assertEqual((answer.status, answer.body == fits), (200, True))
        answer = self.send(path, over, Authorization=key)
        self.assertEqual((answer.status, answer.values("x-amzn-errortype")), (413, ["RequestTooLargeException"]))

    def test_bytes_that_are_no_text(self):
        got = json.loads(self.send("/echo/1", b"a\0b", Content_Type="text/plain").body)
        self.assertEqual((got["body"], got["isBase64Encoded"]), (base64.b64encode(b"a\0b").decode(), True))
        answer = self.send("/echo/1", b"a\x01\x1f\t/", Content_Type="text/plain")
        self.assertEqual(json.loads(answer.body)["body"], "a\x01\x1f\t/")
        self.assertIn(b"\\u0001\\u001f", answer.body)
        self.assertNotIn(b"\\/", answer.body)


if __name__ == "__main__":
    unittest.main()
