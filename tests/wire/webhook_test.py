# SPDX-License-Identifier: MIT
"""Webhooks of a service (functions.md 6.2): signed before they are queued or run, answered as the partner wants, once per delivery."""
import base64
import hashlib
import hmac
import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, Server, wait_until  # noqa: E402
from service import Service  # noqa: E402

CONFIG = """service: hooks
provider: { name: interlude }
functions:
  github: { handler: dist/hook.hook, events: [ { http: POST /github } ] }
  stripe: { handler: dist/hook.hook, events: [ { http: POST /stripe } ] }
  slack: { handler: dist/hook.hook, events: [ { http: POST /slack } ] }
  plain: { handler: dist/hook.hook, events: [ { http: POST /plain } ] }
custom:
  interlude:
    webhooks:
      github: { scheme: github, secret: '${secret:github}', dedupHeader: X-GitHub-Delivery, respond: 200 }
      stripe: { scheme: stripe, secret: whsec_1, tolerance: 60 }
      slack: { scheme: slack, secret: s1 }
      plain: { scheme: hmac-sha256, secret: k1, header: X-Shop-Hmac }
"""
HOOK = """#include <interlude.h>
static il_status hook(il_request *req, il_response *res)
{
    il_str body = il_body(req);
    return il_respond(res, 200, "text/plain", body.p, body.len);
}
IL_FUNCTION(hook, .method = "POST");
"""
BODY = b'{"action":"opened"}'


def sign(secret, *parts):
    return hmac.new(secret.encode(), b"".join(parts), hashlib.sha256)


class WebhookTest(unittest.TestCase):
    def setUp(self):
        self.service = Service(CONFIG, {"hook": HOOK})
        self.addCleanup(self.service.stop)
        Server.start(self.service)  # not live yet: nobody knows the secret
        wait_until(lambda: "interlude secrets set github" in self.service.log(), lambda: "the missing secret to be named; log:\n" + self.service.log())
        self.write_secret("gh1")
        self.service.write("serverless.yml", CONFIG + "# again\n")
        wait_until(lambda: "(dev) is live" in self.service.log(), lambda: "the service to be live; log:\n" + self.service.log())

    def call(self, name, body=BODY, way="", **headers):
        return self.service.call("/fn/hooks/dev/%s%s" % (name, way), "POST", body, **headers)

    def write_secret(self, value):
        done = subprocess.run([INTERLUDE, "secrets", "set", "github", "--data", os.path.join(self.service.directory, ".interlude")],
                              input=value, text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_is_not_signed_is_refused(self):
        now = str(int(time.time()))
        old = str(int(time.time()) - 61)
        good = {
            "stripe": {"Stripe_Signature": "t=%s,v1=%s" % (now, sign("whsec_1", now.encode(), b".", BODY).hexdigest())},
            "slack": {"X_Slack_Signature": "v0=" + sign("s1", b"v0:", now.encode(), b":", BODY).hexdigest(), "X_Slack_Request_Timestamp": now},
            "plain": {"X_Shop_Hmac": base64.b64encode(sign("k1", BODY).digest()).decode()},
        }
        for name, headers in good.items():
            with self.subTest(name):
                self.assertEqual(self.call(name, **headers)[:2], (200, BODY))
                self.assertEqual(self.call(name, way="/async", **headers)[0], 202)
                for body, sent in ((BODY + b" ", headers), (BODY, {}), (BODY, {key: value.replace("=", "=0", 1) for key, value in headers.items()} if name != "plain" else {"X_Shop_Hmac": "A" * 44})):
                    for way in "", "/async":
                        status, answer = self.call(name, body, way, **sent)[:2]
                        self.assertEqual((status, answer), (401, b'{"message":"Unauthorized"}'), (way, sent))
        stale = "t=%s,v1=%s" % (old, sign("whsec_1", old.encode(), b".", BODY).hexdigest())
        self.assertEqual(self.call("stripe", Stripe_Signature=stale)[0], 401)

    def test_a_secret_of_the_store_and_deliveries_that_come_twice(self):
        headers = {"X_Hub_Signature_256": "sha256=" + sign("gh1", BODY).hexdigest(), "X_GitHub_Delivery": "d-1"}
        self.assertEqual(self.call("github", **headers)[:2], (200, BODY))
        status, _, first = self.call("github", way="/async", **headers)
        self.assertEqual(status, 200, "partners who want exactly 200 get it")
        status, _, second = self.call("github", way="/async", **headers)
        self.assertEqual((status, second["x-call-id"], second["x-duplicate"]), (200, first["x-call-id"], "true"))
        headers["X_GitHub_Delivery"] = "d-2"
        self.assertNotEqual(self.call("github", way="/async", **headers)[2]["x-call-id"], first["x-call-id"])


if __name__ == "__main__":
    unittest.main()
