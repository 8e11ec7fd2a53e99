# SPDX-License-Identifier: MIT
"""What pages of other origins are told, through a real server: row F6 of the must-have table. A real browser asks in
tests/e2e/cors_test.mjs."""
import http.client
import os
import socket
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import Server  # noqa: E402
from service import Service, lower  # noqa: E402

HEADERS = "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,X-Amz-User-Agent,X-Amzn-Trace-Id"

# Says what ?says= is about origins, and fails when asked to.
TALK = """
    #include <interlude.h>
    static il_status talk(il_request *req, il_response *res)
    {
        if (il_query(req, "fails"))
            return IL_FAILED;
        if (il_query(req, "says"))
            il_respond_header(res, "Access-Control-Allow-Origin", il_query(req, "says"));
        return il_respond(res, 200, "text/plain", il_method(req), strlen(il_method(req)));
    }
    IL_FUNCTION(talk, .method = "ANY", .cors = true);
    """.replace("#include <interlude.h>", "#include <interlude.h>\n    #include <string.h>")

CONFIG = """
    service: shop
    provider:
      name: interlude
      runtime: c17
      apiGateway: { apiKeys: [ one ] }
      httpApi:
        cors:
          allowedOrigins: [ 'https://a.example', 'https://b.example' ]
          allowedHeaders: [ X-Foo ]
          allowedMethods: [ GET, DELETE ]
          allowCredentials: true
          exposedResponseHeaders: [ X-Bar, X-Baz ]
          maxAge: 600
    custom: { interlude: { corsOnResponses: %s } }
    functions:
      talk:
        handler: dist/talk.talk
        events:
          - http: { path: open, method: get, cors: true, private: true }
          - http: { path: any, method: any, cors: true }
          - http: { path: merged, method: get, cors: { origin: 'https://a.example', headers: [ X-A ], maxAge: 10 } }
          - http: { path: merged, method: post, cors: { origins: [ 'https://b.example' ], headers: [ X-B ], allowCredentials: true, maxAge: 20, cacheControl: 'max-age=5' } }
          - http: { path: 'wild/{id}', method: put, cors: { origins: [ 'https://*.example.com', 'http://localhost:3000' ] } }
          - http: { path: own, method: get, cors: true }
          - http: { path: own, method: options }
          - http: { path: none, method: get }
          - httpApi: GET /two
    """


def told(headers):
    """What an answer says of origins, in short."""
    names = {"access-control-allow-origin": "origin", "access-control-allow-headers": "headers", "access-control-allow-methods": "methods",
             "access-control-allow-credentials": "credentials", "access-control-max-age": "age", "access-control-expose-headers": "exposed",
             "vary": "vary", "cache-control": "cache"}
    return {short: headers[name] for name, short in names.items() if name in headers}


class CorsTest(unittest.TestCase):
    on_responses = "false"

    @classmethod
    def setUpClass(cls):
        cls.server = Service(CONFIG % cls.on_responses, {"talk": TALK})
        cls.server.drop(os.path.join(os.environ["INTERLUDE_MODULES"], "hidden.so"))
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def preflight(self, path, origin="https://a.example", method="GET", **headers):
        status, body, got = self.server.call(path, "OPTIONS", Origin=origin, Access_Control_Request_Method=method, **headers)
        self.assertEqual(body, b"")
        return status, told(got)

    def get(self, path, origin="https://a.example"):
        status, body, got = self.server.call(path, **({"Origin": origin} if origin else {}))
        return status, told(got), body


class PreflightTest(CorsTest):
    def test_f6_true(self):
        wanted = {"origin": "*", "headers": HEADERS, "methods": "GET,OPTIONS"}
        self.assertEqual(self.preflight("/open"), (200, wanted))  # without the key that the call itself needs
        self.assertEqual(self.preflight("/open", Access_Control_Request_Headers="X-Foo"), (200, wanted))
        status, _, got = self.server.call("/open", "OPTIONS")
        self.assertEqual((status, told(got)), (200, wanted))
        self.assertEqual(self.preflight("/any")[1]["methods"], "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT")

    def test_f6_events_of_one_path_are_merged(self):
        merged = {"headers": "X-A,X-B", "methods": "GET,OPTIONS,POST", "credentials": "true", "age": "20", "cache": "max-age=5", "vary": "Origin"}
        for origin, shown in (("https://a.example",) * 2, ("https://b.example",) * 2, ("https://evil.example", "https://a.example")):
            self.assertEqual(self.preflight("/merged", origin), (200, dict(merged, origin=shown)))

    def test_f6_wildcards(self):
        for origin, shown in (("https://x.example.com",) * 2, ("https://x.y.example.com",) * 2, ("http://localhost:3000",) * 2,
                              ("https://example.com", None), ("https://.example.com", None), ("https://xexample.com", None),
                              ("http://x.example.com", None), ("https://x.example.com.evil", None), ("null", None)):
            self.assertEqual(self.preflight("/wild/7", origin, "PUT")[1]["origin"], shown or "https://*.example.com", origin)

    def test_f6_an_own_options_event_wins(self):
        status, body, _ = self.server.call("/own", "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="GET")
        self.assertEqual((status, body), (200, b"OPTIONS"))

    def test_f6_no_cors_no_preflight(self):
        self.assertEqual(self.server.call("/none", "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="GET")[0], 404)

    def test_f6_http_api(self):
        wanted = {"origin": "https://a.example", "headers": "X-Foo", "credentials": "true", "age": "600", "exposed": "X-Bar,X-Baz",
                  "vary": "Origin"}
        status, got = self.preflight("/two")
        self.assertEqual(got.pop("methods"), "DELETE,GET,OPTIONS")
        self.assertEqual((status, got), (204, wanted))
        self.assertEqual(self.preflight("/two", "https://evil.example"), (204, {"vary": "Origin"}))

    def test_f6_http_api_answers_for_what_is_not_there(self):
        wanted = {"origin": "https://a.example", "credentials": "true", "exposed": "X-Bar,X-Baz", "vary": "Origin"}
        self.assertEqual(self.preflight("/nowhere")[0], 204)  # so that the page learns of the 404
        for path, method in ("/nowhere", "GET"), ("/two", "DELETE"):
            status, _, got = self.server.call(path, method, Origin="https://a.example")
            self.assertEqual((status, told(got)), (404, wanted), path)
        for head, wanted_status in (("POST /fn/shop/dev/two HTTP/1.1\r\nContent-Length: 99999999", 413), ("GET /fn/shop/dev/two?%s HTTP/1.1" % ("x" * 9000), 414),
                                    ("GET /fn/shop/dev/two HTTP/1.1\r\nX-Long: " + "x" * 20000, 431)):
            status, got = self.raw(head.replace("HTTP/1.1", "HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example"))
            self.assertEqual((status, told(got)), (wanted_status, wanted))
            self.assertEqual(told(self.raw(head.replace("HTTP/1.1", "HTTP/1.1\r\nHost: x\r\nOrigin: https://evil"))[1]), {"vary": "Origin"})

    def raw(self, head):
        with socket.create_connection(("127.0.0.1", self.server.port)) as sock:
            sock.sendall((head + "\r\n\r\n").encode())
            answer = http.client.HTTPResponse(sock)
            answer.begin()
            return answer.status, lower(dict(answer.getheaders()))

    def test_f6_routes(self):
        self.assertEqual(self.server.call("/fn/hidden", "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="GET")[0], 403)


class AnswersTest(CorsTest):
    def test_f6_http_says_what_the_function_says(self):
        self.assertEqual(self.get("/any")[:2], (200, {}))
        self.assertEqual(self.get("/any?says=*")[:2], (200, {"origin": "*"}))
        self.assertEqual(self.get("/merged?fails")[:2], (502, {}))

    def test_f6_http_api_is_decided_by_the_server(self):
        wanted = {"origin": "https://a.example", "credentials": "true", "exposed": "X-Bar,X-Baz", "vary": "Origin"}
        for path, status in ("/two", 200), ("/two?says=*", 200), ("/two?fails", 500):
            self.assertEqual(self.get(path)[:2], (status, wanted), path)
            self.assertEqual(self.get(path, "https://evil.example")[:2], (status, {"vary": "Origin"}), path)
            self.assertEqual(self.get(path, None)[:2], (status, {"vary": "Origin"}), path)


class OnResponsesTest(CorsTest):
    on_responses = "true"

    def test_f6_the_server_says_what_the_function_does_not(self):
        for path, status in ("/merged", 200), ("/merged?fails", 502):
            self.assertEqual(self.get(path)[:2], (status, {"origin": "https://a.example", "credentials": "true", "vary": "Origin"}), path)
            self.assertEqual(self.get(path, "https://evil.example")[:2], (status, {"vary": "Origin"}), path)
        self.assertEqual(self.get("/merged?says=https://mine.example")[1]["origin"], "https://mine.example")
        self.assertEqual(self.get("/open")[:2], (403, {"origin": "*"}))  # so that pages can read why
        self.assertEqual(self.get("/none")[:2], (200, {}))


class RoutesTest(unittest.TestCase):
    def test_f6_cors_of_a_route(self):
        server = Server()
        try:
            with open(os.path.join(server.routes, "talk.c"), "w", encoding="utf-8") as file:
                file.write(TALK)
            server.start()
            server.wait_live("talk")
            asks = {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"}
            status, body, got = server.request("OPTIONS", "/fn/talk", None, asks)
            self.assertEqual((status, body, told(lower(got))),
                             (200, b"", {"origin": "*", "headers": HEADERS, "methods": "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"}))
            for path, wanted in ("/fn/talk", {"origin": "*"}), ("/fn/talk?says=https://mine", {"origin": "https://mine"}), ("/fn/talk?fails", {"origin": "*"}):
                self.assertEqual(told(lower(server.request("GET", path, None, asks)[2])), wanted, path)
        finally:
            server.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
