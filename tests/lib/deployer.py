# SPDX-License-Identifier: MIT
"""Deploys a service as `interlude deploy` does, one step at a time: package, signature, upload (functions.md 2.3)."""
import base64
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import textwrap
import time
import unittest

from interlude import INTERLUDE, Server

SOURCE = """
    #include <interlude.h>
    static il_status handler(il_request *req, il_response *res)
    {
        (void)req;
        return il_respond(res, 200, "text/plain", "%s", %d);
    }
    IL_FUNCTION(handler);
    """
CONFIG = """
    service: shop
    provider: { name: interlude }
    package: { patterns: ['!**', 'dist/*.so'] }
    functions:
      quote: { handler: dist/quote.handler, events: [ { http: GET /quote } ] }
      twin: { handler: dist/twin.handler, events: [ { http: GET /twin } ] }
    """
ADDRESS = "/api/v1/services/shop/stages/prod"


class Deployer:
    """A directory with the service shop, and a key of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="interlude-deployer-")
        self.key = os.path.join(self.folder, ".key.pem")
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True)
        der = subprocess.run(["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"], check=True,
                             stdout=subprocess.PIPE).stdout
        self.public = der[-32:]
        self.ident = hashlib.sha256(self.public).hexdigest()[:16]

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def introduce(self, server, name="ann"):
        """The server knows the key from now on."""
        with server.database() as db:
            db.execute("INSERT INTO deployer (id, name, public_key, created_at) VALUES (?, ?, ?, 1)",
                       (self.ident, name, base64.b64encode(self.public).decode()))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text).lstrip())

    def package(self, answer, source=SOURCE, config=CONFIG):
        """Both functions answer with that text. Returns the artefact and its time."""
        for name in "quote", "twin":
            self.write("dist/%s.c" % name, source % (answer, len(answer)) if "%s" in source else source)
        return self.packed(config)

    def packed(self, config):
        """The artefact of what is in the directory, and its time."""
        self.write("serverless.yml", config)
        done = subprocess.run([INTERLUDE, "package", "-s", "prod", "--json"], cwd=self.folder, check=True, timeout=120,
                              stdout=subprocess.PIPE)
        with open(os.path.join(self.folder, ".interlude/shop-prod.tgz"), "rb") as file:
            return file.read(), json.loads(done.stdout)["timestamp"]

    def signature(self, content):
        """The header that signs what has this content."""
        path = os.path.join(self.folder, ".digest")
        with open(path, "wb") as file:
            file.write(hashlib.sha256(content).digest())
        made = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.key, "-in", path], check=True,
                              stdout=subprocess.PIPE).stdout
        return "ed25519=%s:%s" % (self.ident, base64.b64encode(made).decode())

    def put(self, server, artefact, stamp, signature=None, address=ADDRESS):
        status, body, _ = server.request("PUT", "%s/deployments/%d" % (address, stamp), artefact,
                                         {"X-Interlude-Signature": signature or self.signature(artefact)})
        return status, json.loads(body)

    def call(self, server, method, target, body=b""):
        """A call whose whole text is signed."""
        now = str(int(time.time() * 1000))
        signed = method.encode() + b" " + target.encode() + b"\n" + body + b"\n" + now.encode()
        status, answer, _ = server.request(method, target, body or None, {
            "X-Interlude-Time": now, "X-Interlude-Signature": self.signature(signed)})
        return status, json.loads(answer)

    def rollback(self, server, stamp):
        return self.call(server, "POST", ADDRESS + "/rollback", json.dumps({"timestamp": stamp}).encode())

    def list(self, server):
        return self.call(server, "GET", ADDRESS + "/deployments")[1]["deployments"]


class DeployTest(unittest.TestCase):
    """A server, and a deployer it knows."""

    def setUp(self):
        self.deployer = Deployer()
        self.addCleanup(self.deployer.close)
        self.server = Server().start()
        self.addCleanup(self.server.stop)
        self.deployer.introduce(self.server)
