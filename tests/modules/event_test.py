# SPDX-License-Identifier: MIT
"""What a runner makes of a call: Lambda events, results, the context. Rows F1, F3, F4 below HTTP; wire/function_events_test.py above it."""
import base64
import json
import os
import re
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import fixtures  # noqa: E402
from runner import CALL, CANCEL, ONEWAY, Answer, Frame, Runner, request, run_tests, sealed  # noqa: E402

EVENT, PROXIED, RESULT, SECOND, INFO, REMAINING, TYPED, BACK, CANCELED, FAILS = range(10)
ID = "5b0f2c1e-6a51-4c3e-9f05-0a3c8e1f2b11"
ORIGIN = (("request_id", ID), ("source_ip", "127.0.0.1"), ("port", "3000"), ("scheme", "http"), ("protocol", "HTTP/1.1"))
COMMON = (("account", "000000000000"), ("api_id", "shop"), ("region", "local"), ("function_name", "shop-dev-echo"))
CONTEXTS = {
    "rest-v1": (("kind", "v1"), ("method", "ANY"), ("resource", "/echo/{id}"), ("stage", "dev"), *COMMON, *ORIGIN),
    "httpapi-v2": (("kind", "v2"), ("method", "ANY"), ("resource", "/v2/{id}"), ("stage", "dev"), *COMMON, *ORIGIN),
    "raw": (("kind", "raw"), *COMMON, ("request_id", ID)),
}


def now_ms():
    return int(time.time() * 1000)


def from_http(raw):
    """What the server sends on for a raw request: without what h2o takes out of the headers, Host in front."""
    head, body = raw.split(b"\r\n\r\n", 1)
    line, *rest = head.decode().split("\r\n")
    method, target, _ = line.split(" ")
    path, _, query = target.partition("?")
    headers = [tuple(entry.split(": ", 1)) for entry in rest]
    kept = [pair for pair in headers if pair[0] not in ("Host", "Content-Length")]
    return {"method": method, "path": path, "query": query, "body": body,
            "headers": [("Host", dict(headers)["Host"]), *kept],
            "params": [("id", urllib.parse.unquote(path.rpartition("/")[2]))]}


def ask(runner, kind, slot, context=(), **parts):
    answer = runner.call(slot=slot, context=(*CONTEXTS[kind], *context), time_ms=parts.pop("time_ms", now_ms()), **parts)
    return answer


def event_of(runner, kind, **parts):
    answer = ask(runner, kind, EVENT, **parts)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def test_events():
    """F3: each fixture, the typed answer and the one through JSON."""
    with Runner("lambda") as runner:
        for kind in ("rest-v1", "httpapi-v2"):
            assert fixtures.names(kind)
            for name in fixtures.names(kind):
                for slot in (EVENT, PROXIED):
                    answer = ask(runner, kind, slot, **from_http(fixtures.request(name)))
                    assert answer.status == 200, (name, answer.body)
                    wrong = fixtures.difference(fixtures.event(name), json.loads(answer.body))
                    assert not wrong, (name, wrong)


def test_base_of_the_path():
    with Runner("lambda") as runner:
        got = event_of(runner, "rest-v1", path="/fn/shop/dev/echo/1", base=len("/fn/shop/dev"))
        assert got["path"] == "/echo/1" and got["requestContext"]["path"] == "/dev/echo/1"
        got = event_of(runner, "httpapi-v2", path="/fn/shop/dev", base=len("/fn/shop/dev"))
        assert got["rawPath"] == "/" == got["requestContext"]["http"]["path"]


def test_payload_1_0():
    with Runner("lambda") as runner:
        got = event_of(runner, "rest-v1", context=(), path="/echo/1")
        assert "version" not in got
        answer = runner.call(slot=EVENT, context=(("kind", "1.0"), *CONTEXTS["httpapi-v2"][1:]), path="/v2/1")
        got = json.loads(answer.body)
        assert got["version"] == "1.0" and got["resource"] == "/v2/{id}" and got["requestContext"]["stage"] == "$default"
        assert got["requestContext"]["path"] == "/v2/1" and got["multiValueHeaders"]


def test_route_key_of_everything():
    with Runner("lambda") as runner:
        context = [pair for pair in CONTEXTS["httpapi-v2"] if pair[0] != "resource"]
        got = json.loads(runner.call(slot=EVENT, context=context, path="/a/b").body)
        assert got["routeKey"] == "$default" == got["requestContext"]["routeKey"]


def test_queries():
    with Runner("lambda") as runner:
        query = "b=1&a=x+y&flag&b=2&%zz=1&&e=%C3%A9&n=%00&b=&=v"
        got = event_of(runner, "rest-v1", query=query)
        assert got["queryStringParameters"] == {"b": "", "a": "x y", "flag": "", "%zz": "1", "e": "é", "n": "%00", "": "v"}, got
        assert got["multiValueQueryStringParameters"]["b"] == ["1", "2", ""]
        got = event_of(runner, "httpapi-v2", query=query)
        assert got["queryStringParameters"]["b"] == "1,2," and got["rawQueryString"] == query
        many = "&".join("a%d" % (i % 500) for i in range(2000))
        assert len(event_of(runner, "rest-v1", query=many)["multiValueQueryStringParameters"]["a7"]) == 4


def test_headers():
    headers = [("Host", "[::1]:3000"), ("X-Multi", "one"), ("x-MULTI", "two"), ("Cookie", "a=1;b=2; "), ("Cookie", "c=3"),
               ("Connection", "close, x-a"), ("TE", "trailers"), ("X-Forwarded-For", "10.0.0.1"), ("X-Forwarded-Proto", "gopher")]
    with Runner("lambda") as runner:
        got = event_of(runner, "rest-v1", headers=headers)
        assert got["headers"]["X-Multi"] == "two" and got["multiValueHeaders"]["X-Multi"] == ["one", "two"]
        assert "x-MULTI" not in got["headers"] and "Connection" not in got["headers"] and "TE" not in got["headers"]
        assert got["headers"]["X-Forwarded-For"] == "10.0.0.1, 127.0.0.1" and got["headers"]["X-Forwarded-Proto"] == "http"
        assert got["multiValueHeaders"]["Cookie"] == ["a=1;b=2; ", "c=3"]
        assert got["requestContext"]["domainName"] == "[::1]" and got["requestContext"]["identity"]["userAgent"] is None
        got = event_of(runner, "httpapi-v2", headers=headers)
        assert got["cookies"] == ["a=1", "b=2", "c=3"] and got["headers"]["x-multi"] == "one,two"
        assert not {"cookie", "connection", "te"} & got["headers"].keys()


def test_traces():
    trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    with Runner("lambda") as runner:
        got = event_of(runner, "httpapi-v2", headers=[("traceparent", "00-%s-%s-01" % (trace, parent))])["headers"]
        assert got["x-amzn-trace-id"] == "Root=1-%s-%s;Parent=%s;Sampled=1" % (trace[:8], trace[8:], parent)
        assert got["traceparent"] == "00-%s-%s-01" % (trace, parent)
        sent = "Root=1-%s-%s;Parent=%s;Sampled=0" % (trace[:8], trace[8:], parent)
        got = event_of(runner, "rest-v1", headers=[("X-Amzn-Trace-Id", sent)])["headers"]
        assert got["X-Amzn-Trace-Id"] == sent and got["traceparent"] == "00-%s-%s-00" % (trace, parent)
        for broken in ("", "00-x", "00-" + trace, "00-%s-%s-1" % (trace, parent)):
            got = event_of(runner, "httpapi-v2", headers=[("traceparent", broken)])["headers"]["x-amzn-trace-id"]
            assert re.fullmatch(fixtures.PATTERNS["trace"], got), (broken, got)


def test_bodies():
    """Text as it is, everything else in base64."""
    rows = [("httpapi-v2", "text/plain", b"a/\x01\"", False), ("httpapi-v2", None, b"text", False),
            ("httpapi-v2", "application/x-www-form-urlencoded", b"a=1", True), ("httpapi-v2", "image/svg+xml; a=b", b"<a/>", False),
            ("httpapi-v2", "Application/Json", b"{}", False), ("httpapi-v2", "text/plain", b"a\0b", True),
            ("httpapi-v2", "text/plain", b"\xff", True), ("rest-v1", "application/x-www-form-urlencoded", b"a=1", False),
            ("rest-v1", "application/pdf", b"a", True), ("rest-v1", "audio/ogg", b"a", True), ("rest-v1", "text/plain", b"\0", True)]
    with Runner("lambda") as runner:
        for kind, content_type, body, encoded in rows:
            headers = [("Content-Type", content_type)] if content_type else []
            got = event_of(runner, kind, headers=headers, body=body, context=(("binary_types", "application/pdf, audio/*"),))
            assert got["isBase64Encoded"] is encoded, (kind, content_type, body)
            assert (base64.b64decode(got["body"]) if encoded else got["body"].encode()) == body, got
        got = event_of(runner, "httpapi-v2", headers=[("Content-Type", "text/plain"), ("Content-Encoding", "gzip")], body=b"x")
        assert got["isBase64Encoded"] and "body" not in event_of(runner, "httpapi-v2") and event_of(runner, "rest-v1")["body"] is None
        assert event_of(runner, "rest-v1", body=b"a", context=(("binary_types", "*/*"),))["isBase64Encoded"]


def test_authorizers_and_keys():
    with Runner("lambda") as runner:
        context = (("authorizer", '{"principalId":"u1","k":"v"}'), ("api_key", "K"), ("api_key_id", "I"))
        got = event_of(runner, "rest-v1", context=context)["requestContext"]
        assert got["authorizer"] == {"principalId": "u1", "k": "v"} and got["identity"]["apiKey"] == "K" and got["identity"]["apiKeyId"] == "I"
        got = event_of(runner, "httpapi-v2", context=(("authorizer", '{"jwt":{"claims":{},"scopes":null}}'),))["requestContext"]
        assert got["authorizer"] == {"jwt": {"claims": {}, "scopes": None}}


def test_large_events():
    """6 MB of event and not more; 10 MiB of body both ways for who needs no event."""
    with Runner("lambda") as runner:
        body = bytes(range(256)) * (10 << 12)
        answer = ask(runner, "rest-v1", BACK, body=body, fd=sealed(body))
        assert answer.status == 200 and answer.body == body and len(body) == 10 << 20
        text = b"x" * 6_000_000
        assert event_of(runner, "rest-v1", body=text, fd=sealed(text))["body"] == text.decode()
        for kind, said in (("rest-v1", b'{"message":"Request Too Long"}'), ("httpapi-v2", b'{"message":"Request Entity Too Large"}')):
            text = b"x" * 6_291_456
            answer = ask(runner, kind, EVENT, body=text, fd=sealed(text))
            assert (answer.status, answer.body) == (413, said), answer.body[:200]
        fits, over = (json.dumps("x" * (size - 2)).encode() for size in (6_291_556, 6_291_557))
        answer = ask(runner, "raw", RESULT, body=fits, fd=sealed(fits))
        assert answer.status == 200 and answer.body == fits
        answer = ask(runner, "raw", RESULT, body=over, fd=sealed(over))
        assert answer.status == 0 and b"6291557 bytes" in answer.body, answer.body
        answer = ask(runner, "raw", BACK, body=text, fd=sealed(text))
        assert answer.status == 0 and b"too large" in answer.body


ROWS = [  # result, what http makes of it, what httpApi: (status, headers among others, body); None: no result
    ({"statusCode": 200, "body": "ok"}, (200, {}, b"ok"), (200, {}, b"ok")),
    ({"statusCode": "201", "body": "created"}, (201, {}, b"created"), (201, {}, b"created")),
    ({"body": "x"}, None, (200, {}, b'{"body": "x"}')),
    ("plain", None, (200, {}, b"plain")),
    (None, None, (200, {}, b"null")),
    ([1], None, (200, {}, b"[1]")),
    ({"statusCode": 200, "body": {"a": 1}}, None, None),
    ({"statusCode": 99}, None, None),
    ({"statusCode": 600}, None, None),
    ({"statusCode": 200.5}, None, None),
    ({"statusCode": "2000"}, None, None),
    ({"statusCode": None}, None, None),
    ({"statusCode": 204}, (204, {}, b""), (204, {}, b"")),
    ({"statusCode": 200, "body": None, "headers": None, "cookies": None}, (200, {}, b""), (200, {}, b"")),
    ({"statusCode": 200, "headers": {"x-n": 1, "X-B": True, "x-s": "é"}}, (200, {"x-n": "1", "X-B": "true", "x-s": "é"}, b""),
     (200, {"x-n": "1", "X-B": "true", "x-s": "é"}, b"")),
    ({"statusCode": 200, "headers": {"x": []}}, None, None),
    ({"statusCode": 200, "headers": []}, None, None),
    ({"statusCode": 200, "headers": {"x": "a\r\nb: c"}}, None, None),
    ({"statusCode": 200, "headers": {"x y": "a"}}, None, None),
    ({"statusCode": 200, "headers": {"x\r\n": "a"}}, None, None),
    ({"statusCode": 200, "headers": {"x": "a\0b"}}, None, None),
    ({"statusCode": 200, "headers": {"Content-Type": "text/plain", "connection": "x", "Content-Length": 7, "Transfer-Encoding": "gzip"}},
     (200, {"Content-Type": "text/plain", "connection": None, "Content-Length": None, "Transfer-Encoding": None, "content-type": None}, b""),
     (200, {"Content-Type": "text/plain"}, b"")),
    ({"statusCode": 200, "multiValueHeaders": {"x-a": [1, 2]}, "headers": {"X-A": "0", "y": "z"}},
     (200, {"x-a": ["1", "2"], "X-A": None, "y": "z"}, b""), (200, {"x-a": None, "X-A": "0", "y": "z"}, b"")),
    ({"statusCode": 200, "multiValueHeaders": {"x-a": 1}}, None, (200, {}, b"")),
    ({"statusCode": 200, "cookies": ["c=3", "d=4"]}, (200, {"set-cookie": None}, b""), (200, {"set-cookie": ["c=3", "d=4"]}, b"")),
    ({"statusCode": 200, "cookies": [1]}, (200, {}, b""), None),
    ({"statusCode": 200, "isBase64Encoded": True, "body": "iVBORw=="}, (200, {}, b"\x89PNG"), (200, {}, b"\x89PNG")),
    ({"statusCode": 200, "isBase64Encoded": True, "body": "iVBORw"}, None, None),
    ({"statusCode": 200, "isBase64Encoded": True, "body": "iVBO Rw="}, None, None),
    ({"statusCode": 200, "isBase64Encoded": True, "body": "iVBORx=="}, None, None),
    ({"statusCode": 200, "isBase64Encoded": True, "body": ""}, (200, {}, b""), (200, {}, b"")),
    ({"statusCode": 200, "body": "a\0b\ud800"}, (200, {}, b"a\0b\xef\xbf\xbd"), (200, {}, b"a\0b\xef\xbf\xbd")),
]


def headers_of(frame):
    """Name -> value, or values where the name is repeated."""
    _, _, count, heads_len, _ = Answer.unpack(frame)
    texts = frame.payload[24:24 + heads_len].split(b"\0")[:-1]
    found = {}
    for name, value in zip(texts[::2], texts[1::2]):
        found.setdefault(name.decode(), []).append(value.decode())
    assert count == len(texts) // 2
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def test_results():
    """F4 below HTTP: what becomes of a result, behind http and behind httpApi."""
    with Runner("lambda") as runner:
        for result, *wanted in ROWS:
            for kind, expected in zip(("rest-v1", "httpapi-v2"), wanted):
                where = (result, kind)
                runner.functions[0].send(request(1, slot=RESULT, context=CONTEXTS[kind], body=json.dumps(result).encode()))
                frame = runner.functions[0].receive()
                length, status, _, heads_len, _ = Answer.unpack(frame)
                body = frame.payload[24 + heads_len:]
                if expected is None:
                    assert status == 0 and body and b"/" not in body, (where, status, body)
                    continue
                assert (status, body) == (expected[0], expected[2]), (where, status, body)
                got = headers_of(frame)
                assert "x-before" not in got and (expected[1].get("Content-Type") or got["content-type"] == "application/json"), where
                assert all(got.get(name) == value for name, value in expected[1].items()), (where, got)
        for broken in (b"", b"{", b"{}{}", b"plain", b'{"statusCode":200,"body":"\xff"}', b'{"statusCode":200' + b',"a":[' * 70, b"\0"):
            for kind in ("rest-v1", "httpapi-v2", "raw"):
                answer = ask(runner, kind, RESULT, body=broken)
                assert answer.status == 0 and answer.body, (broken, kind, answer.body)
        assert ask(runner, "rest-v1", SECOND).body == b"ok"


def test_raw_events():
    """invoke, schedules, queues: the body is the event, a typed answer becomes a result."""
    with Runner("lambda") as runner:
        answer = ask(runner, "raw", EVENT, body=b'{"k": 1}')
        assert answer.status == 200 and json.loads(answer.body)["body"] == '{"k": 1}'
        assert json.loads(json.loads(ask(runner, "raw", EVENT).body)["body"]) == {}
        answer = ask(runner, "raw", RESULT, body=b' {"anything": [1]} ')
        assert answer.status == 200 and answer.body == b'{"anything": [1]}'
        got = json.loads(ask(runner, "raw", TYPED, body=b"x").body)
        assert got["statusCode"] == 200 and got["headers"]["x-body"] == "1" and got["headers"]["Set-Cookie"] == "b=2"
        assert got["multiValueHeaders"]["Set-Cookie"] == ["a=1", "b=2"] and got["isBase64Encoded"] is False
        got = json.loads(ask(runner, "raw", BACK, body=b"\xff\0").body)
        assert got["isBase64Encoded"] is True and base64.b64decode(got["body"]) == b"\xff\0"


def test_call():
    context = (("memory_mb", "128"), ("client_context", '{"custom":{}}'), ("call_id", "mine"), ("attempt", "2"), ("max_attempts", "5"))
    with Runner("lambda") as runner:
        deadline = now_ms() + 5000
        lines = ask(runner, "rest-v1", INFO, context=context, deadline_ms=deadline).body.decode().split("\n")
        assert lines[:6] == [ID, "shop-dev-echo", "$LATEST", "arn:aws:lambda:local:000000000000:function:shop-dev-echo", "128",
                             "/aws/lambda/shop-dev-echo"], lines
        assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", lines[6])
        assert lines[7] == str(deadline) and lines[8] == '{"custom":{}}' and lines[10:14] == ["mine", "2", "5", "dev"]
        again = ask(runner, "httpapi-v2", INFO).body.decode().split("\n")
        assert again[6] == lines[6] and again[4] == "0" and again[7] == "0" and again[8] == "-" and again[10:14] == [ID, "1", "1", "dev"]
        bare = runner.call(slot=INFO).body.decode().split("\n")
        assert bare[0] == "" == bare[1] and bare[13] == "$default"
        assert 0 < int(ask(runner, "rest-v1", REMAINING, deadline_ms=deadline).body) <= 5000
        assert ask(runner, "rest-v1", REMAINING, deadline_ms=1).body == b"0"
        assert ask(runner, "rest-v1", REMAINING).body == str(2**63 - 1).encode()


def test_repeated_names():
    with Runner("lambda") as runner:
        answer = runner.call(slot=TYPED, path="/typed/a%20b", query="a=1&a=2", params=[("id", "a b")], method="PUT",
                             headers=[("X-Multi", "one"), ("x-multi", "two")])
        assert answer.body == b"PUT /typed/a%20b a b\none,two\n1,2\nno more\n"


def test_module_of_an_older_minor():
    with Runner("older") as runner:
        assert runner.call(context=CONTEXTS["rest-v1"]).body == b"still here"


def test_cancel():
    with Runner("lambda") as runner:
        link = runner.functions[0]
        link.send(Frame(CALL, CANCEL, ONEWAY, call=1))  # of nothing
        link.send(request(1, slot=CANCELED), request(2, slot=CANCELED), request(3, slot=FAILS))
        assert Answer(link.receive()).call == 3
        link.send(Frame(CALL, CANCEL, ONEWAY, call=2))
        answer = Answer(link.receive())
        assert (answer.call, answer.body) == (2, b"canceled")
        link.send(Frame(CALL, CANCEL, ONEWAY, call=1), Frame(CALL, CANCEL, ONEWAY, call=3))
        assert Answer(link.receive()).call == 1
        assert runner.call(slot=FAILS).body == b"the handler returned IL_FAILED"


run_tests(globals())
