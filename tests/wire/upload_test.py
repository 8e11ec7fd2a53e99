# SPDX-License-Identifier: MIT
"""Files of a run: addresses, uploads in one piece and in parts, downloads with ranges, and nobody gets further than that."""
import http.client
import json
import os
import sys
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import Browser, Server  # noqa: E402

MIB = 1 << 20


class UploadTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(UPLOAD_MAX_BYTES="20MiB")
        cls.server.drop("parked")
        cls.server.drop("read_file")
        cls.server.start()
        cls.server.wait_live("parked")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.browser = Browser(self.server)
        self.transaction = self.browser.begin("parked")
        self.group = self.browser.render()[1]["inputGroupKey"]

    def tearDown(self):
        self.browser.close()

    def ask(self, *keys, **other):
        body = dict({"transactionId": self.transaction, "inputGroupKey": self.group, "objectKeys": keys}, **other)
        status, answer, _ = self.server.request("POST", "/api/v1/uploads", json.dumps(body).encode(),
                                                {"Content-Type": "application/json"})
        return status, json.loads(answer)

    def urls(self, key="file-0"):
        status, answer = self.ask(key)
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["urls"][0]["objectKey"], key)
        return answer["urls"][0]["uploadUrl"], answer["urls"][0]["downloadUrl"]

    def send(self, method, url, body=None, **headers):
        """Without urllib, which follows 308."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        path = url if url.startswith("/") else url[url.index("/uploads/"):]
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        found = answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
        return found

    def path(self, key="file-0"):
        return os.path.join(self.server.directory, ".interlude", "uploads", self.transaction, self.group, key)

    # ---- addresses

    def test_addresses_are_absolute(self):
        for url in self.urls():
            self.assertTrue(url.startswith("http://localhost:%d/uploads/" % self.server.port), url)

    def test_who_gets_addresses(self):
        self.assertEqual(self.ask("a", transactionId=str(uuid.uuid4()))[0], 404)
        self.assertEqual(self.ask("a", transactionId="x")[0], 400)
        self.assertEqual(self.ask("a", inputGroupKey="../..")[0], 400)
        for key in "", "..", "../a", "a/b", ".hidden", "x" * 101:
            self.assertEqual(self.ask(key)[0], 400, key)
        self.assertTrue(self.browser.call("CANCEL_TRANSACTION", {"transactionId": self.transaction}))
        self.browser.next("TRANSACTION_COMPLETED")
        self.assertEqual(self.ask("a")[0], 404)

    # ---- uploads

    def test_in_one_piece(self):
        put, get = self.urls()
        self.assertEqual(self.send("PUT", put, b"hello", Content_Type="text/csv")[0], 201)
        status, body, headers = self.send("GET", get)
        self.assertEqual((status, body, headers["content-type"]), (200, b"hello", "text/csv"))
        self.assertEqual(headers["content-disposition"], 'attachment; filename="file-0"')
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        with open(self.path(), "rb") as file:
            self.assertEqual(file.read(), b"hello")
        self.assertEqual(self.send("HEAD", get)[1:2] + (self.send("HEAD", get)[2]["content-length"],), (b"", "5"))

    def test_in_parts(self):
        put, get = self.urls()
        content = os.urandom(12 * MIB + 5)
        for at in range(0, len(content), 5 * MIB):
            part = content[at:at + 5 * MIB]
            status, _, headers = self.send("PUT", put, part, Content_Range="bytes %d-%d/%d"
                                           % (at, at + len(part) - 1, len(content)))
            if at + len(part) < len(content):
                self.assertEqual((status, headers["range"]), (308, "bytes=0-%d" % (at + len(part) - 1)))
                self.assertEqual(self.send("GET", get)[0], 404)
                status, _, headers = self.send("PUT", put, b"", Content_Range="bytes */%d" % len(content))
                self.assertEqual((status, headers["range"]), (308, "bytes=0-%d" % (at + len(part) - 1)))
        self.assertEqual(status, 201)
        self.assertEqual(self.send("PUT", put, b"", Content_Range="bytes */%d" % len(content))[0], 201)
        self.assertEqual(self.send("GET", get)[1], content)

    def test_bad_parts(self):
        put = self.urls()[0]
        for text in "bytes 0-9/5", "bytes 0-9/100", "bytes x", "0-4/5":
            self.assertEqual(self.send("PUT", put, b"hello", Content_Range=text)[0], 400, text)
        status, _, headers = self.send("PUT", put, b"hello", Content_Range="bytes 5-9/10")
        self.assertEqual((status, headers.get("range")), (308, None))  # begin at the beginning

    def test_limits(self):
        put = self.urls()[0]
        self.assertEqual(self.send("PUT", put, bytes(8 * MIB + 1))[0], 413)
        self.assertEqual(self.send("PUT", put, b"hello", Content_Range="bytes 0-4/%d" % (21 * MIB))[0], 413)

    # ---- downloads

    def test_ranges(self):
        put, get = self.urls()
        self.send("PUT", put, b"0123456789")
        for text, status, content in (("bytes=2-4", 206, b"234"), ("bytes=7-", 206, b"789"), ("bytes=-2", 206, b"89"),
                                      ("bytes=0-99", 206, b"0123456789"), ("bytes=1-2,4-5", 200, b"0123456789")):
            got = self.send("GET", get, Range=text)
            self.assertEqual(got[:2], (status, content), text)
        self.assertEqual(self.send("GET", get, Range="bytes=2-4")[2]["content-range"], "bytes 2-4/10")
        status, _, headers = self.send("GET", get, Range="bytes=10-")
        self.assertEqual((status, headers["content-range"]), (416, "bytes */10"))

    def test_a_file_of_nothing(self):
        put, get = self.urls()
        self.assertEqual(self.send("PUT", put, b"")[0], 201)
        self.assertEqual(self.send("GET", get)[:2], (200, b""))

    def test_a_reader_who_leaves(self):
        put, get = self.urls()
        self.send("PUT", put, bytes(8 * MIB))
        count = self.server.descriptors()
        for _ in range(20):
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            connection.request("GET", get[get.index("/uploads/"):])
            connection.getresponse().read(10)
            connection.close()
        self.assertEqual(self.send("GET", get)[0], 200)
        self.assertLessEqual(self.server.descriptors(), count + 5)

    def test_our_own_runners_read_it(self):
        self.server.wait_live("read_file")
        self.transaction = self.browser.begin("read_file")
        render = self.browser.render()[1]
        self.group = render["inputGroupKey"]
        put, get = self.urls("UPLOAD_FILE-0-%s-0" % self.group)
        self.assertEqual(self.send("PUT", put, b"hello")[0], 201)
        self.assertTrue(self.browser.answer(self.transaction, render, [
            {"name": "a.txt", "type": "text/plain", "lastModified": 1, "size": 5, "url": get}]))
        self.assertEqual(self.browser.completed(), ("SUCCESS", {"name": "a.txt", "bytes": "hello"}))

    # ---- strangers

    def test_doors_stay_closed(self):
        put, get = self.urls()
        self.send("PUT", put, b"hello")
        self.assertEqual(self.send("GET", put)[0], 403)
        self.assertEqual(self.send("PUT", get, b"x")[0], 403)
        self.assertEqual(self.send("GET", get[:-1] + ("A" if get[-1] != "A" else "B"))[0], 403)
        for path in "/uploads/", "/uploads/x", "/uploads/..%2f..%2fstate.db", "/uploads/%00", "/uploads/" + "A" * 4000:
            self.assertIn(self.send("GET", path)[0], (400, 403, 404), path)
        self.assertEqual(self.send("POST", put, b"x")[0], 405)


if __name__ == "__main__":
    unittest.main()
