# SPDX-License-Identifier: MIT
"""/websocket and the API under bad input: refused with words or the right code, and nobody else notices."""
import json
import os
import random
import socket
import sys
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import ROUTES, Browser, Server, wait_until  # noqa: E402

SEED = int(os.environ.get("SEED", "7"))


class SocketTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.drop(os.path.join(ROUTES, "hello.so"))
        cls.server.start()
        cls.bystander = Browser(cls.server)
        cls.run_of_bystander = cls.bystander.begin("hello")
        cls.render_of_bystander = cls.bystander.render()[1]

    @classmethod
    def tearDownClass(cls):
        """Whatever happened before: the person in the middle of a run did not notice."""
        assert cls.bystander.answer(cls.run_of_bystander, cls.render_of_bystander, ["Ada"]) is True
        assert cls.bystander.completed() == ("SUCCESS", {"greeting": "Hello, Ada"})
        cls.bystander.close()
        cls.server.stop()

    def setUp(self):
        self.browser = Browser(self.server)

    def tearDown(self):
        self.browser.close()

    def assert_closed(self, code):
        wait_until(lambda: self.browser.close_code is not None, "the socket to be closed")
        self.assertEqual(self.browser.close_code, code)

    def rpc(self, text):
        self.browser.send_text(json.dumps({"id": str(uuid.uuid4()), "type": "MESSAGE", "data": text}))

    def test_not_json(self):
        self.browser.send_text("{")
        self.assert_closed(1008)

    def test_no_isocket_frame(self):
        self.browser.send_text('{"hello":1}')
        self.assert_closed(1008)

    def test_deep_json(self):
        self.browser.send_text("[" * 100000)
        self.assert_closed(1008)

    def test_bad_utf8(self):
        self.browser.send_frame(1, b'{"id":"\xff"}')
        self.assert_closed(1007)

    def test_too_large(self):
        try:
            self.browser.send_frame(1, b"[" + b" " * (33 << 20))
        except OSError:
            pass  # it may be closed before all is sent
        self.assert_closed(1009)

    def test_bad_rpc_inside_a_good_frame_is_ignored(self):
        for text in ("", "{", "null", '{"kind":"CALL"}', '{"id":1,"kind":"CALL","methodName":"X"}',
                     '{"id":"1","kind":"CALL","methodName":"NO_SUCH_METHOD","data":{}}', '{"id":"1","kind":"RESPONSE","methodName":"X"}'):
            self.rpc(text)
        self.assertTrue(self.browser.call("INITIALIZE_CLIENT", None))

    def test_bad_inputs_are_answered(self):
        for method in ("CONNECT_TO_TRANSACTION_AS_CLIENT", "LEAVE_TRANSACTION", "CANCEL_TRANSACTION", "STOP_TRANSACTION",
                       "RESPOND_TO_IO_CALL", "LEAVE_PAGE", "SUBSCRIBE"):
            for data in (None, {}, [], "x", {"transactionId": "x"}, {"transactionId": str(uuid.uuid4())}, {"pageKey": 7},
                         {"transactionId": str(uuid.uuid4()), "ioResponse": "{"}):
                self.assertIs(self.browser.call(method, data), False, (method, data))
        for data in (None, {}, {"organization": "other", "environment": "development", "slug": "hello"},
                     {"organization": "local", "environment": "nowhere", "slug": "hello"},
                     {"organization": "local", "environment": "development", "slug": "nothing"}):
            self.assertEqual(self.browser.call("CREATE_TRANSACTION", data)["code"], "NOT_FOUND")
        self.assertEqual(self.browser.call("REQUEST_PAGE", {"pageKey": "x", "pageSlug": "hello"})["type"], "ERROR")

    def test_answers_to_a_run_of_somebody_elses_socket(self):
        self.assertIs(self.browser.answer(self.run_of_bystander, self.render_of_bystander, ["Eve"]), False)

    def test_wrong_answers_come_back_or_fail_the_run(self):
        run = self.browser.begin("hello")
        _, render = self.browser.render()
        self.assertTrue(self.browser.answer(run, render, ["A"]))  # too short: asked again, with a message
        _, again = self.browser.render()
        self.assertEqual(again["inputGroupKey"], render["inputGroupKey"])
        self.assertIn("2 characters", again["toRender"][0]["validationErrorMessage"])
        self.assertTrue(self.browser.answer(run, again, [12]))  # not a text at all
        self.assertEqual(self.browser.completed()[0], "FAILURE")

    def test_answered_twice(self):
        run = self.browser.begin("hello")
        _, render = self.browser.render()
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        self.assertIs(self.browser.answer(run, render, ["Eve"]), False)
        self.assertEqual(self.browser.completed(), ("SUCCESS", {"greeting": "Hello, Ada"}))

    def test_cancel(self):
        run = self.browser.begin("hello")
        self.browser.render()
        self.assertTrue(self.browser.call("CANCEL_TRANSACTION", {"transactionId": run}))
        self.assertEqual(self.browser.completed()[0], "CANCELED")
        self.assertEqual(self.server.transaction(run)["resultStatus"], "CANCELED")

    def test_second_browser_takes_over(self):
        run = self.browser.begin("hello")
        self.browser.render()
        other = Browser(self.server)
        self.assertTrue(other.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": run}))
        self.browser.next("CLIENT_USURPED")
        _, render = other.render()
        self.assertTrue(other.answer(run, render, ["Ada"]))
        self.assertEqual(other.completed()[0], "SUCCESS")
        other.close()

    def test_random_frames(self):
        generator = random.Random(SEED)
        for _ in range(300):
            browser = Browser(self.server)
            try:
                for _ in range(generator.randrange(1, 5)):
                    browser.sock.sendall(generator.randbytes(generator.randrange(1, 200)))
            except OSError:
                pass  # closed already
            browser.close()
        self.assertTrue(self.browser.call("INITIALIZE_CLIENT", None))

    def test_other_origin(self):
        with self.assertRaisesRegex(ConnectionError, "403"):
            Browser(self.server, "http://evil.example")

    def test_rebound_host(self):
        with socket.create_connection(("127.0.0.1", self.server.port)) as sock:
            sock.sendall(b"GET /api/v1/session HTTP/1.1\r\nHost: evil.example:%d\r\nConnection: close\r\n\r\n" % self.server.port)
            self.assertIn(b" 401 ", sock.recv(4096).split(b"\r\n")[0])

    def test_foreign_post(self):
        for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            self.assertEqual(self.server.request("POST", "/api/v1/keys", b"{}", headers)[0], 403)

    def test_bad_api_calls(self):
        problem = lambda answer: (answer[0], json.loads(answer[1])["status"])  # noqa: E731
        get, post = self.server.get, lambda path, body: self.server.request("POST", path, body)
        self.assertEqual(problem(get("/api/v1/nothing")), (404, 404))
        self.assertEqual(problem(get("/api/v1/routes?org=other&env=development")), (404, 404))
        self.assertEqual(problem(get("/api/v1/routes?org=local&env=nowhere")), (404, 404))
        self.assertEqual(problem(get("/api/v1/transactions/%s" % uuid.uuid4())), (404, 404))
        self.assertEqual(problem(get("/api/v1/transactions?org=local&env=development&before=x")), (400, 400))
        for body in (b"", b"{", b"[]", b"\xff", b"[" * 5000):
            self.assertEqual(problem(post("/api/v1/keys", body)), (400, 400))
        self.assertEqual(problem(self.server.request("PATCH", "/api/v1/keys", b"{}")), (405, 405))
        self.assertEqual(get("/api/v1/transactions?org=local&env=development&q=%25_%21%27%22&limit=99999")[0], 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
