# SPDX-License-Identifier: MIT
"""request.schemas of http events (functions.md 1.12): bodies are checked before the function, or the queue, gets them."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from service import ECHO, Service  # noqa: E402

INVALID = b'{"message": "Invalid request body"}'

CONFIG = """
    service: shop
    provider:
      name: interlude
      apiGateway:
        request:
          schemas:
            order:
              name: Order
              schema: ${file(order.json)}
    functions:
      buy:
        handler: dist/echo.echo
        events:
          - http:
              path: buy
              method: post
              request:
                parameters: { querystrings: { shop: true } }
                schemas: { application/json: order }
          - http: { path: any, method: any, request: { schemas: { $default: { type: object }, text/csv: { maxLength: 0 } } } }
          - http: { path: free, method: post }
      keyed:
        handler: dist/echo.echo
        events:
          - http: { path: keyed, method: post, private: true, request: { schemas: { application/json: order } } }
    """

ORDER = """
    {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object", "required": ["item", "count"],
     "properties": {"item": {"type": "string", "pattern": "^[a-z]+$"}, "count": {"type": "integer", "minimum": 1},
                    "parts": {"type": "array", "items": {"$ref": "#"}}},
     "additionalProperties": false}
    """


class SchemaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Service(CONFIG, {"echo": ECHO})
        cls.server.write("order.json", ORDER)
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def send(self, path, body, **headers):
        return self.server.call(path, "POST", body, **{"Content_Type": "application/json", **headers})

    def test_what_fits_goes_through(self):
        for body in b'{"item":"tea","count":2}', b'{"count":1,"item":"a","parts":[{"item":"b","count":3}]}':
            status, event, _ = self.send("/buy?shop=1", body)
            self.assertEqual((status, json.loads(event)["body"]), (200, body.decode()))
            self.assertEqual(self.send("/buy/async?shop=1", body)[0], 202)

    def test_what_does_not_is_refused(self):
        for body in (b"", b"{", b"[]", b"{}", b'{"item":"tea"}', b'{"item":"Tea","count":1}', b'{"item":"tea","count":0}',
                     b'{"item":"tea","count":1.5}', b'{"item":"tea","count":1,"more":1}',
                     b'{"item":"tea","count":1,"parts":[{"item":"b"}]}', b"[" * 70 + b"]" * 70):
            for path in "/buy?shop=1", "/buy/async?shop=1", "/function/buy?shop=1":
                status, answer, headers = self.send(path, body)
                self.assertEqual((status, answer), (400, INVALID), (path, body))
                self.assertEqual(headers["x-amzn-errortype"], "BadRequestException")
                self.assertEqual(headers["content-type"], "application/json")

    def test_parameters_and_keys_come_first(self):
        self.assertEqual(self.send("/buy", b"{}")[1], b'{"message": "Missing required request parameters: [shop]"}')
        self.assertEqual(self.send("/keyed", b"{}")[:2], (403, b'{"message":"Forbidden"}'))

    def test_the_type_of_the_body_chooses(self):
        bad = b"[]"
        for kind in "application/json; charset=utf-8", "Application/JSON", "":
            self.assertEqual(self.send("/buy?shop=1", bad, Content_Type=kind)[0], 400, kind)
        self.assertEqual(self.send("/buy?shop=1", bad, Content_Type="text/plain")[0], 200)
        self.assertEqual(self.send("/any", bad, Content_Type="text/plain")[0], 400)
        self.assertEqual(self.send("/any", b"{}", Content_Type="text/plain")[0], 200)
        self.assertEqual(self.send("/any", b'"x"', Content_Type="text/csv")[0], 400)
        self.assertEqual(self.send("/any", b"[]", Content_Type="text/csv")[0], 200)
        self.assertEqual(self.server.call("/any")[0], 400)  # no body is none that fits
        self.assertEqual(self.send("/free", bad)[0], 200)


if __name__ == "__main__":
    unittest.main()
