# SPDX-License-Identifier: MIT
"""The demo functions of routes/api: a JSON API for other origins, a job with a callback and its receiver."""
import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import ROUTES, Server, wait_until  # noqa: E402


class DemoTest(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        for name in "notes", "invoice", "inbox":
            self.server.drop(os.path.join(ROUTES, "api", name + ".so"), "api/%s.so" % name)
        self.server.start()

    def tearDown(self):
        self.server.stop()

    def test_notes(self):
        server = self.server
        status, body, headers = server.request("POST", "/fn/api/notes", '{"text":" Zoë said \\"hi\\" "}'.encode(), {"Origin": "https://a.test"})
        self.assertEqual((status, headers["access-control-allow-origin"]), (201, "*"))
        note = json.loads(body)
        self.assertEqual(note["text"], 'Zoë said "hi"')
        self.assertEqual(server.json("/fn/api/notes"), [note])
        self.assertEqual(server.json("/fn/api/notes/%d" % note["id"]), note)
        for wrong in b"", b"{", b'{"text":1}', b'{"text":" "}', b'{"text":"%s"}' % (b"x" * 501), b"[]":
            self.assertEqual(server.request("POST", "/fn/api/notes", wrong)[0], 400, wrong)
        self.assertEqual(server.request("PUT", "/fn/api/notes", b"")[2]["allow"], "GET, POST")
        self.assertEqual(server.request("DELETE", "/fn/api/notes/%d" % note["id"])[0], 200)
        self.assertEqual(server.get("/fn/api/notes/%d" % note["id"])[0], 404)
        self.assertEqual(server.json("/fn/api/notes"), [])

    def check_pdf(self, pdf, pages):
        """What every reader needs: objects lie where the table says, streams are as long as they say."""
        self.assertTrue(pdf.startswith(b"%PDF-1.4\n") and pdf.endswith(b"%%EOF\n"))
        table = int(re.search(rb"startxref\n(\d+)\n", pdf).group(1))
        offsets = [int(line[:10]) for line in pdf[table:].split(b"\n") if line.endswith(b" n ")]
        for number, offset in enumerate(offsets, 1):
            self.assertTrue(pdf.startswith(b"%d 0 obj\n" % number, offset), number)
        self.assertEqual(len(re.findall(rb"/Type /Page ", pdf)), pages)
        for length, at in ((int(m.group(1)), m.end()) for m in re.finditer(rb"/Length (\d+) 0 R >>\nstream\n", pdf)):
            real = int(pdf[offsets[length - 1]:].split(b"\n")[1])
            self.assertTrue(pdf.startswith(b"endstream", at + real))

    def test_invoice(self):
        status, pdf, headers = self.server.request("POST", "/fn/api/invoice", b"Tea, green,2,3.50\r\nCup (blue),1,12\n")
        self.assertEqual((status, headers["content-type"]), (200, "application/pdf"))
        self.check_pdf(pdf, 1)
        self.assertIn(b"(Cup \\(blue\\))", pdf)
        self.assertRegex(pdf, rb"\( +19\.00\)")
        self.check_pdf(self.server.request("POST", "/fn/api/invoice", b"Tea,2,3.50\n" * 100)[1], 3)
        self.check_pdf(self.server.request("POST", "/fn/api/invoice", b"")[1], 1)
        status, said, _ = self.server.request("POST", "/fn/api/invoice", b"Tea,2,3.50\nCup;1;12\n")
        self.assertEqual((status, said), (422, b"Line 2 is not description,quantity,price.\n"))
        self.assertEqual(self.server.request("POST", "/fn/api/invoice", b"Tea,2,3.50\n" * 20001)[0], 422)

    def test_callback(self):
        url = "http://127.0.0.1:%d/fn/api/inbox" % self.server.port
        status, _, headers = self.server.request("POST", "/fn/api/invoice/async", b"Tea,2,3.50\n", {"X-Callback-Url": url})
        self.assertEqual(status, 202)
        got = wait_until(lambda: self.server.json("/fn/api/inbox"), "the callback")
        self.assertEqual([(one["call"], one["function"], one["status"], one["type"]) for one in got],
                         [(headers["x-call-id"], "api/invoice", "200", "application/pdf")])


if __name__ == "__main__":
    unittest.main()
