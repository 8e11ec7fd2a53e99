# SPDX-License-Identifier: MIT
"""Authorizers through a real server: functions that decide, tokens of an issuer. Row F8 of the must-have table."""
import base64
import http.server
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import wait_until  # noqa: E402
from service import ECHO, Service  # noqa: E402

UNAUTHORIZED = b'{"message":"Unauthorized"}'
DENIED = b'{"Message":"User is not authorized to access this resource"}'
FORBIDDEN = b'{"message":"Forbidden"}'
BROKEN = b'{"message": "Internal server error"}'
BROKEN_V2 = b'{"message":"Internal Server Error"}'

# Answers what its caller's token says, and how often it was asked. The token is all that stands behind "say ".
GUARD = r"""
    #include <interlude.h>
    #include <poll.h>
    #include <signal.h>
    #include <string.h>
    static int asked;
    static const char *
    said(il_request *req)
    {
        const char *at = strstr(il_event_json(req).p, "say ");
        return at ? il_rfmt(req, "%%.*s", (int)strcspn(at + 4, "\","), at + 4) : "";
    }
    static il_status
    guard(il_request *req, il_response *res)
    {
        const char *word = said(req);
        asked++;
        if (strcmp(word, "401") == 0)
            return il_respond(res, 401, "text/plain", "", 0);
        if (strcmp(word, "crash") == 0)
            raise(SIGSEGV);
        if (strcmp(word, "slow") == 0)
            poll(0, 0, 1700);
        if (strcmp(word, "fail") == 0)
            return IL_FAILED;
        if (strcmp(word, "nonsense") == 0)
            return il_respond_lambda(res, "[]");
        %s
    }
    IL_FUNCTION(guard);
    """

POLICY = r"""
        return il_respond_lambda(res, il_rfmt(req, "{\"principalId\":\"%s\",\"policyDocument\":{\"Statement\":["
            "{\"Effect\":\"%s\",\"Action\":\"execute-api:Invoke\",\"Resource\":\"arn:aws:execute-api:*:shop/*/GET/*\"},"
            "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*/secret\"}]},\"context\":{\"asked\":%d,\"yes\":true,\"event\":\"%s\"}}",
            word, strcmp(word, "deny") == 0 ? "Deny" : "Allow", asked, escaped(req)));
    """
SIMPLE = r"""
        return il_respond_lambda(res, il_rfmt(req, "{\"isAuthorized\":%s,\"context\":{\"asked\":%d,\"list\":[1],\"event\":\"%s\"}}",
            strcmp(word, "deny") == 0 ? "false" : "true", asked, escaped(req)));
    """
# The event itself goes back as a text in the context.
ESCAPED = r"""
    static const char *
    escaped(il_request *req)
    {
        static char text[65536];
        size_t len = 0;
        for (const char *p = il_event_json(req).p; *p && len < sizeof text - 3; p++) {
            if (*p == '"' || *p == '\\')
                text[len++] = '\\';
            text[len++] = *p;
        }
        text[len] = 0;
        return text;
    }
    static il_status
    guard("""


def guard(answer):
    head, _, tail = (GUARD % answer).partition("    static il_status\n    guard(")
    return head + ESCAPED.lstrip("\n") + tail


CONFIG = """
    service: shop
    provider:
      name: interlude
      runtime: c17
      httpApi:
        authorizers:
          simple: { type: request, functionName: simple, enableSimpleResponses: true, payloadVersion: '2.0', identitySource: [ $request.header.Authorization, $request.querystring.who ], resultTtlInSeconds: 60 }
          fresh: { type: request, functionName: simple, enableSimpleResponses: true, identitySource: $request.header.Authorization }
          policy: { type: request, functionName: policy, payloadVersion: '1.0', identitySource: $request.header.Authorization }
    functions:
      echo:
        handler: dist/echo.echo
        events:
          - http: { path: token, method: any, authorizer: { name: policy, type: token, resultTtlInSeconds: 2, identityValidationExpression: '^say [-a-z0-9]+$' } }
          - http: { path: 'deep/{proxy+}', method: any, authorizer: { name: policy, type: token, resultTtlInSeconds: 2 } }
          - http: { path: 'request/{id}', method: any, authorizer: { name: policy, type: request, identitySource: 'method.request.header.X-Who, method.request.querystring.q', resultTtlInSeconds: 0 } }
          - httpApi: { path: /simple, method: '*', authorizer: { name: simple } }
          - httpApi: { path: /fresh, method: GET, authorizer: { name: fresh } }
          - httpApi: { path: /policy, method: GET, authorizer: { name: policy } }
      open:
        handler: dist/echo.echo
        events: [ http: GET /open ]
      named:
        handler: dist/echo.echo
        events:
          - http: { path: named/checked, method: get, request: { parameters: { querystrings: { x: true } } } }
          - http: { path: named/secret, method: any, authorizer: { name: policy, type: token } }
          - http: { path: named/other, method: any, authorizer: { name: policy, type: token, resultTtlInSeconds: 0 } }
      policy:
        handler: dist/policy.guard
      simple:
        handler: dist/simple.guard
    """


class FunctionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # each http thread remembers for itself
        cls.server = Service(CONFIG, {"echo": ECHO, "policy": guard(POLICY), "simple": guard(SIMPLE)}, HTTP_THREADS="1")
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def send(self, path, token=None, method="GET", **headers):
        if token:
            headers["Authorization"] = "say " + token
        status, body, got = self.server.call(path, method, **headers)
        self.assertIn("x-amzn-requestid", got) if status != 200 else None
        return status, body

    def told(self, *arguments, **headers):
        """What the function is told of its caller."""
        status, body = self.send(*arguments, **headers)
        self.assertEqual(status, 200, body)
        return json.loads(body)["requestContext"]["authorizer"]

    def test_f8_token(self):
        self.assertEqual(self.send("/open")[0], 200)
        self.assertEqual(self.send("/token"), (401, UNAUTHORIZED))
        self.assertEqual(self.send("/token", Authorization="bearer x"), (401, UNAUTHORIZED))
        told = self.told("/token", "u1")
        event = json.loads(told.pop("event"))
        self.assertEqual((told["principalId"], told["yes"]), ("u1", "true"))
        self.assertEqual(event, {"type": "TOKEN", "authorizationToken": "say u1",
                                 "methodArn": "arn:aws:execute-api:local:000000000000:shop/dev/GET/token"})
        self.assertEqual(self.send("/token", "deny"), (403, DENIED))
        self.assertEqual(self.send("/token", "401"), (401, UNAUTHORIZED))
        for word in "fail", "nonsense":
            self.assertEqual(self.send("/token", word), (500, BROKEN), word)

    def test_f8_a_policy_names_methods_and_paths(self):
        self.assertEqual(self.send("/token", "u2", "POST"), (403, DENIED))
        self.assertEqual(self.send("/deep/a/b", "u2")[0], 200)
        self.assertEqual(self.send("/deep/a/secret", "u2"), (403, DENIED))
        self.assertEqual(self.send("/token", "u2", "POST"), (403, DENIED))  # from memory, too
        self.assertEqual(self.send("/policy", "u2", "HEAD")[0], 200)  # it runs GET, and is judged as that
        for path in "/deep/a/%73ecret", "/deep/a%2f/s%65cret", "/deep/a%2Fsecret", "/named/%73ecret", "/function/named/%73ecret":
            self.assertEqual(self.send(path, "u2"), (403, DENIED), path)
        arn = json.loads(self.told("/deep/%61%2Fb/*/%C3%A9%3F%25", "u20")["event"])["methodArn"]
        self.assertEqual(arn.partition("GET")[2], "/deep/a%2Fb/%2A/%C3%A9%3F%25")  # nothing in it is a wildcard

    def test_f8_answers_are_remembered_for_their_time(self):
        first = self.told("/token", "u3")["asked"]
        self.assertEqual(self.told("/token", "u3")["asked"], first)
        self.assertNotEqual(self.told("/token", "u4")["asked"], first)
        wait_until(lambda: self.told("/token", "u3")["asked"] != first, "the answer to be forgotten")
        first = self.told("/fresh", "u3")["lambda"]["asked"]
        self.assertGreater(self.told("/fresh", "u3")["lambda"]["asked"], first)

    def test_f8_request(self):
        self.assertEqual(self.send("/request/7?q=1"), (401, UNAUTHORIZED))
        self.assertEqual(self.send("/request/7", X_Who="say u5"), (401, UNAUTHORIZED))
        told = self.told("/request/7?q=1&Q=3&q=2%20x", X_Who="say u5")
        event = json.loads(told["event"])
        self.assertEqual((event["type"], event["resource"], event["path"], event["httpMethod"]), ("REQUEST", "/request/{id}", "/request/7", "GET"))
        self.assertEqual(event["queryStringParameters"], {"q": "2 x", "Q": "3"})
        self.assertEqual(event["multiValueQueryStringParameters"], {"q": ["1", "2 x"], "Q": ["3"]})  # names have their case
        self.assertEqual(event["pathParameters"], {"id": "7"})
        self.assertEqual(event["headers"]["X-Who"], "say u5")  # as it was sent
        self.assertEqual(event["requestContext"]["identity"]["sourceIp"], "127.0.0.1")
        self.assertGreater(self.told("/request/7?q=1", X_Who="say u5")["asked"], told["asked"])
        self.assertEqual(self.send("/request/7?q=1", X_Who="say deny"), (403, DENIED))
        self.assertEqual(self.send("/request/7?q=1" + "&x" * 300, X_Who="say u5"), (500, BROKEN))  # not decided by a part of it

    def test_f8_simple(self):
        self.assertEqual(self.send("/simple"), (401, UNAUTHORIZED))
        self.assertEqual(self.send("/simple", "u6"), (401, UNAUTHORIZED))
        told = self.told("/simple?who=me", "u6")["lambda"]
        self.assertEqual(told["list"], [1])
        event = json.loads(told["event"])
        self.assertEqual((event["version"], event["type"], event["routeKey"], event["rawPath"]), ("2.0", "REQUEST", "ANY /simple", "/simple"))
        self.assertEqual((event["identitySource"], event["queryStringParameters"]), (["say u6", "me"], {"who": "me"}))
        self.assertEqual(event["headers"]["authorization"], "say u6")
        self.assertEqual(self.told("/simple?who=me&more", "u6")["lambda"]["asked"], told["asked"])
        self.assertNotEqual(self.told("/simple?who=you", "u6")["lambda"]["asked"], told["asked"])
        last = self.told("/simple?who=last", "u6")["lambda"]["asked"]
        twice = self.told("/simple?who=any&who=last", "u6")["lambda"]  # may mean any: another question
        self.assertGreater(twice["asked"], last)
        self.assertEqual(json.loads(twice["event"])["identitySource"], ["say u6", "any,last"])
        self.assertEqual(self.told("/simple?who=any&who=last", "u6")["lambda"]["asked"], twice["asked"])
        event = json.loads(self.told("/simple?who=cookie", "u6", Cookie="a=1; b=2")["lambda"]["event"])
        self.assertEqual((event["cookies"], event["headers"].get("cookie")), (["a=1", "b=2"], None))
        self.assertEqual(self.send("/simple?who=me", "deny"), (403, FORBIDDEN))
        self.assertEqual(self.send("/simple?who=me", "nonsense"), (500, BROKEN_V2))

    def test_f8_policy_behind_http_api(self):
        told = self.told("/policy", "u7")["lambda"]
        event = json.loads(told["event"])
        self.assertEqual((told["yes"], event["version"]), (True, "1.0"))
        self.assertEqual(event["methodArn"], "arn:aws:execute-api:local:000000000000:shop/$default/GET/policy")
        self.assertEqual(self.send("/policy", "deny"), (403, FORBIDDEN))

    def test_f8_names_and_durable_calls_are_no_way_around(self):
        self.assertEqual(self.send("/function/named"), (401, UNAUTHORIZED))
        self.assertEqual(self.send("/function/named", "u8")[0], 200)
        for path in "/function/echo", "/function/echo/token", "/async-function/echo":  # its authorizers differ: nobody may
            self.assertEqual(self.send(path, "u8", "POST")[0], 404, path)
        self.assertEqual(self.send("/deep/x/async", method="POST"), (401, UNAUTHORIZED))
        self.assertEqual(self.send("/async-function/named", method="POST"), (401, UNAUTHORIZED))
        self.assertEqual(self.send("/simple/async?who=x", "deny", "POST"), (403, FORBIDDEN))
        status, _, headers = self.server.call("/simple/async?who=x", "POST", b"", Authorization="say u8")
        self.assertEqual(status, 202)
        path = headers["location"]
        result = wait_until(lambda: self.server.get(path + "/result")[0] == 200 and self.server.json(path + "/result"), "the result")
        event = json.loads(result["body"])
        self.assertEqual(event["requestContext"]["authorizer"]["lambda"]["list"], [1])

    def test_f8_of_two_tokens_none_counts(self):
        for one, other in ("say u1", "say deny"), ("say deny", "say u1"), ("forged", "say u1"), ("say u1", ""):
            with socket.create_connection(("127.0.0.1", self.server.port)) as sock:
                sock.sendall(("GET /fn/shop/dev/token HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nauthorization: %s\r\n\r\n" % (one, other)).encode())
                self.assertIn(b" 401 ", sock.makefile("rb").readline(), (one, other))  # not of the form that is wanted

    def test_f8_an_authorizer_that_crashes(self):
        self.assertEqual(self.send("/token", "crash"), (500, BROKEN))
        self.assertEqual(wait_until(lambda: self.send("/token", "u9")[0] == 200, "the next call to be good"), True)


class ChangeTest(unittest.TestCase):
    def test_f8_what_was_remembered_goes_with_the_code_that_said_it(self):
        server = Service(SLOW.replace("resultTtlInSeconds: 0", "resultTtlInSeconds: 3600") % 9, {"echo": ECHO, "guard": guard(POLICY)})
        self.addCleanup(server.stop)
        server.start()
        self.assertEqual(server.call("/token", Authorization="say u")[0], 200)
        server.write("dist/guard.c", guard(POLICY.replace('"deny"', '"u"')))
        self.assertEqual(wait_until(lambda: server.call("/token", Authorization="say u")[0] == 403, "the new code to be asked"), True)


class SlowTest(unittest.TestCase):
    """Authorizers and issuers that nobody can wait for."""

    def setUp(self):
        self.issuer = socket.create_server(("127.0.0.1", 0))  # takes connections and says nothing
        self.server = Service(SLOW % self.issuer.getsockname()[1], {"echo": ECHO, "guard": guard(POLICY)})
        self.server.start()

    def tearDown(self):
        self.server.stop()
        self.issuer.close()

    def leave(self, path, headers):
        """Asks and goes away without waiting."""
        with socket.create_connection(("127.0.0.1", self.server.port)) as sock:
            sock.sendall(("GET /fn/shop/dev%s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n" % (path, headers)).encode())
            wait_until(lambda: self.server.runners("guard") or "jwt" in path, "the authorizer to run")

    def test_f8_an_authorizer_that_takes_too_long(self):
        status, body, _ = self.server.call("/token", Authorization="say slow")
        self.assertEqual((status, body), (504, b'{"message": "Endpoint request timed out"}'))
        self.assertEqual(wait_until(lambda: self.server.call("/token", Authorization="say u")[0], "an answer"), 200)

    def test_f8_callers_that_do_not_wait(self):
        self.leave("/token", "Authorization: say slow")
        self.leave("/jwt", "Authorization: Bearer e30.e30.AA")
        token = text64(b'{"alg":"RS256","kid":"r"}') + ".e30.AA"
        self.leave("/jwt", "Authorization: Bearer " + token)
        status, body, _ = self.server.call("/jwt", Authorization="Bearer " + token)
        self.assertEqual((status, body), (503, b'{"message":"Service Unavailable"}'))
        self.assertEqual(self.server.call("/token", Authorization="say u")[0], 200)


SLOW = """
    service: shop
    provider:
      name: interlude
      runtime: c17
      httpApi: { authorizers: { slow: { type: jwt, issuerUrl: 'http://127.0.0.1:%d', audience: [ shop ], identitySource: $request.header.Authorization } } }
    custom: { interlude: { gatewayTimeout: 1 } }
    functions:
      echo:
        handler: dist/echo.echo
        events:
          - http: { path: token, method: get, authorizer: { name: guard, type: token, resultTtlInSeconds: 0 } }
          - httpApi: { path: /jwt, method: GET, authorizer: { name: slow } }
      guard:
        handler: dist/guard.guard
    """


# ---- tokens


def text64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


class Key:
    """An RSA or P-256 key in a file, as an issuer has it."""

    def __init__(self, directory, kid, kind):
        self.kid, self.kind, self.path = kid, kind, os.path.join(directory, kid + ".pem")
        if kind == "RSA":
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.path)
        else:
            openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.path)

    def public(self):
        if self.kind == "RSA":
            modulus = openssl("rsa", "-in", self.path, "-noout", "-modulus").decode().strip().partition("=")[2]
            return {"kty": "RSA", "kid": self.kid, "use": "sig", "alg": "RS256", "n": text64(bytes.fromhex(modulus)), "e": "AQAB"}
        point = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")[-64:]
        return {"kty": "EC", "kid": self.kid, "crv": "P-256", "x": text64(point[:32]), "y": text64(point[32:])}

    def sign(self, claims, **head):
        head = dict({"typ": "JWT", "alg": "RS256" if self.kind == "RSA" else "ES256", "kid": self.kid}, **head)
        text = ".".join(text64(json.dumps(part).encode()) for part in (head, claims))
        signature = openssl("dgst", "-sha256", "-sign", self.path, data=text.encode())
        if self.kind == "EC":  # DER: two integers
            r_len = signature[3]
            r, s = signature[4:4 + r_len], signature[6 + r_len:]
            signature = r.lstrip(b"\0").rjust(32, b"\0") + s.lstrip(b"\0").rjust(32, b"\0")
        return text + "." + text64(signature)


class Issuer(http.server.ThreadingHTTPServer):
    """Serves an OpenID configuration and a key set, and counts."""

    def __init__(self, keys):
        self.keys, self.asked, self.is_down = keys, [], False
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/realm" % self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        issuer = self.server
        issuer.asked.append(self.path)
        answer = {"/realm/.well-known/openid-configuration": {"issuer": issuer.url, "jwks_uri": issuer.url + "/keys"},
                  "/realm/keys": {"keys": [key.public() for key in issuer.keys]}}.get(self.path)
        body = json.dumps(answer).encode()
        self.send_response(200 if answer and not issuer.is_down else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


TOKENS = """
    service: shop
    provider:
      name: interlude
      runtime: c17
      httpApi:
        authorizers:
          good: { type: jwt, issuerUrl: '%s', audience: [ shop, other ], identitySource: $request.header.Authorization }
          down: { type: jwt, issuerUrl: '%s', audience: [ shop ], identitySource: $request.header.Authorization }
          turning: { type: jwt, issuerUrl: '%s', audience: [ shop ], identitySource: $request.header.Authorization }
    functions:
      echo:
        handler: dist/echo.echo
        events:
          - httpApi: { path: '/mine/{id}', method: GET, authorizer: { name: good } }
          - httpApi: { path: /scoped, method: GET, authorizer: { name: good, scopes: [ write, admin ] } }
          - httpApi: { path: /down, method: GET, authorizer: { name: down } }
          - httpApi: { path: /turning, method: GET, authorizer: { name: turning } }
    """


class TokenTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.rsa, cls.ec = Key(cls.directory.name, "r", "RSA"), Key(cls.directory.name, "e", "EC")
        cls.stranger = Key(cls.directory.name, "s", "RSA")
        cls.issuer, cls.down, cls.turning = Issuer([cls.rsa, cls.ec]), Issuer([cls.rsa]), Issuer([cls.rsa])
        cls.down.is_down = True
        cls.server = Service(TOKENS % (cls.issuer.url, cls.down.url, cls.turning.url), {"echo": ECHO})
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        for issuer in cls.issuer, cls.down, cls.turning:
            issuer.shutdown()
            issuer.server_close()
        cls.directory.cleanup()

    def claims(self, **more):
        return dict({"iss": self.issuer.url, "aud": "shop", "sub": "u1", "exp": int(time.time()) + 60, "scope": "read write"}, **more)

    def send(self, token, path="/mine/1"):
        return self.server.call(path, **({"Authorization": token} if token else {}))[:2]

    def test_f8_good_tokens(self):
        for key in self.rsa, self.ec:
            status, body = self.send("Bearer " + key.sign(self.claims(level=3)))
            self.assertEqual(status, 200, body)
            told = json.loads(body)["requestContext"]["authorizer"]["jwt"]
            self.assertEqual((told["claims"]["sub"], told["claims"]["level"], told["scopes"]), ("u1", "3", ["read", "write"]))
        self.assertEqual(self.send(self.ec.sign(self.claims(aud=["x", "other"])))[0], 200)
        self.assertEqual(self.send("bearer " + self.ec.sign(self.claims(exp=int(time.time()) - 30)))[0], 200)  # clocks differ
        self.assertEqual(self.send("Bearer " + self.ec.sign(self.claims()), "/scoped")[0], 200)
        self.assertEqual(self.send("Bearer " + self.ec.sign(self.claims(scope="read")), "/scoped"), (403, FORBIDDEN))

    def test_f8_hostile_tokens(self):
        good = self.rsa.sign(self.claims())
        head, claims, signature = good.split(".")
        public = json.dumps(self.rsa.public()).encode()
        none = text64(b'{"alg":"none","kid":"r"}') + "." + claims + "."
        confused = openssl("dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:" + public.hex(), "-binary", data=b"x")
        bad = {"none": none, "no signature": head + "." + claims + ".", "hs256": text64(b'{"alg":"HS256","kid":"r"}') + "." + claims + "." + text64(confused),
               "other claims": head + "." + text64(json.dumps(self.claims(sub="root")).encode()) + "." + signature,
               "stranger": self.stranger.sign(self.claims(), kid="r"), "other key's name": self.rsa.sign(self.claims(), kid="e"),
               "expired": self.rsa.sign(self.claims(exp=int(time.time()) - 90)), "not yet": self.rsa.sign(self.claims(nbf=int(time.time()) + 90)),
               "audience": self.rsa.sign(self.claims(aud="bank")), "issuer": self.rsa.sign(self.claims(iss="https://evil.example")),
               "no end": self.rsa.sign({name: value for name, value in self.claims().items() if name != "exp"}),
               "huge": head + "." + "A" * 9000 + "." + signature, "words": "nothing to see", "empty": "Bearer "}
        self.assertEqual(self.send(None), (401, UNAUTHORIZED))
        for name, token in bad.items():
            self.assertEqual(self.send("Bearer " + token), (401, UNAUTHORIZED), name)
        self.assertEqual(self.send("Bearer " + good)[0], 200)

    def test_f8_keys_are_fetched_once(self):
        for _ in range(20):
            self.assertEqual(self.send("Bearer " + self.ec.sign(self.claims()))[0], 200)
        for number in range(20):
            self.assertEqual(self.send("Bearer " + self.ec.sign(self.claims(), kid="made up %d" % number)), (401, UNAUTHORIZED))
        self.assertEqual(self.issuer.asked, ["/realm/.well-known/openid-configuration", "/realm/keys"])

    def test_f8_new_keys_of_an_issuer_are_fetched(self):
        issuer, claims = self.turning, self.claims(iss=self.turning.url)
        self.assertEqual(self.send("Bearer " + self.rsa.sign(claims), "/turning")[0], 200)
        issuer.keys = [self.ec]
        self.assertEqual(self.send("Bearer " + self.ec.sign(claims), "/turning")[0], 401)  # it has just been asked
        wait_until(lambda: self.send("Bearer " + self.ec.sign(claims), "/turning")[0] == 200, "the new key to be fetched")
        self.assertEqual(self.send("Bearer " + self.rsa.sign(claims), "/turning"), (401, UNAUTHORIZED))
        self.assertLessEqual(len(issuer.asked), 4)

    def test_f8_an_issuer_that_is_down(self):
        for _ in range(5):
            self.assertEqual(self.send("Bearer " + self.ec.sign(self.claims(iss=self.down.url)), "/down"), (500, BROKEN_V2))
        self.assertEqual(self.down.asked, ["/realm/.well-known/openid-configuration"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
