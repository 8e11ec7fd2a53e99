# SPDX-License-Identifier: MIT
"""interlude deploy, deploy list, info, rollback, remove, login and keys add-deployer, against a stand-in of the server's API
that checks every signature with OpenSSL. What they print is in deploy_cli/; GOLDEN=write in the environment writes it anew.
"""
import base64
import hashlib
import http.server
import io
import json
import os
import pty
import re
import shutil
import subprocess
import tarfile
import tempfile
import threading
import time
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "deploy_cli")
INTERLUDE = os.environ["INTERLUDE"]
PLACE = "/api/v1/services/shop/stages/dev"
CHUNK = 8 << 20

SOURCE = """#include <interlude.h>
static il_status handler(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 200, "text/plain", "%s", 2);
}
IL_FUNCTION(handler);
"""
SERVICE = """service: shop
provider: { name: interlude, apiGateway: { apiKeys: [partner] } }
package: { patterns: ['!**', 'dist/*.so', 'data/**'] }
functions:
  quote: { handler: dist/quote.handler, events: [ { http: POST /quote }, { httpApi: 'GET /v2/quote/{id}' } ] }
  nightly: { handler: dist/quote.handler }
resources: { Outputs: { Home: { Value: 'https://shop.example.test' } } }
"""


def content(manifest):
    """As core/deploy/content.h says; the members stand in the manifest as the program wrote them."""
    parts = [json.dumps(manifest[name], separators=(",", ":"), ensure_ascii=False) for name in ("config", "functions", "files")]
    return hashlib.sha256("".join(part + "\n" for part in parts).encode()).hexdigest()


class Api:
    """A server that keeps artefacts and says what it was told to say. `keys`: {id: public key, base64}."""

    def __init__(self, folder):
        self.folder, self.keys, self.kept, self.calls, self.refusal, self.parts = folder, {}, [], [], None, b""
        self.watch = []  # what is said about a new deployment, one after the other
        self.machine = {"glibc": "2.99", "arch": os.uname().machine, "libraries": ""}
        self.endpoints = ["POST - https://tools.example.test/fn/shop/dev/quote",
                          "GET - https://tools.example.test/fn/shop/dev/v2/quote/{id}"]
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_call(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                api.calls.append((self.command, self.path, dict(self.headers)))
                status, answer = api.answer(self.command, self.path, self.headers, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_PUT = do_POST = do_DELETE = handle_call

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def is_signed(self, method, target, headers, digest):
        """For this server and no other: what its address is called stands in what was signed (sign.h)."""
        name = self.url.partition("://")[2]
        if headers.get("X-Interlude-Server") != name:
            return False
        digest = hashlib.sha256(b"interlude server %s\n%s %s\n%s" % (name.encode(), method.encode(), target.encode(),
                                                                     digest.hex().encode())).digest()
        match = re.fullmatch(r"ed25519=([0-9a-f]{16}):(\S+)", headers.get("X-Interlude-Signature", ""))
        if not match or match.group(1) not in self.keys:
            return False
        public = base64.b64decode(self.keys[match.group(1)])
        paths = [os.path.join(self.folder, name) for name in ("key.der", "digest", "signature")]
        der = bytes.fromhex("302a300506032b6570032100") + public  # RFC 8410
        for path, data in zip(paths, (der, digest, base64.b64decode(match.group(2)))):
            with open(path, "wb") as file:
                file.write(data)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", paths[0], "-keyform", "DER", "-rawin", "-in",
                               paths[1], "-sigfile", paths[2]], capture_output=True, check=False).returncode == 0

    def answer(self, method, target, headers, body):
        path, _, query = target.partition("?")
        if method == "PUT":
            return self.put(target, path, dict(urllib.parse.parse_qsl(query)), headers, body)
        now = headers.get("X-Interlude-Time", "")
        signed = b"%s %s\n%s\n%s" % (method.encode(), target.encode(), body, now.encode())
        if not self.is_signed(method, target, headers, hashlib.sha256(signed).digest()) or abs(int(now) / 1000 - time.time()) > 300:
            return 403, {"detail": "This deploy key is not known here."}
        if self.refusal:
            return self.refusal
        if (method, path) == ("GET", PLACE + "/deployments"):
            return 200, {"deployments": self.kept, "server": self.machine}
        if method == "GET" and path.startswith(PLACE + "/deployments/"):
            return 200, self.watch.pop(0)
        if (method, path) == ("GET", PLACE):
            live = [item for item in self.kept if item["isLive"]]
            return (200, self.info(live[0])) if live else (404, {"detail": "no"})
        if (method, path) == ("POST", PLACE + "/rollback"):
            wanted = [item for item in self.kept if item["timestamp"] == json.loads(body)["timestamp"]]
            if not wanted:
                return 404, {"detail": "There is no deployment of that time any more."}
            self.switch(wanted[0])
            return 200, self.info(wanted[0])
        if (method, path) == ("POST", PLACE + "/functions/quote/rollback"):
            return 200, json.loads(body)
        if (method, path) == ("POST", PLACE + "/prune"):
            wanted = json.loads(body)
            return 200, {"dryRun": wanted["dryRun"], "deleted": [
                {"timestamp": 1795219350611, "version": "v", "function": None, "size": 12001},
                {"timestamp": 1795219350610, "version": "v", "function": "quote", "size": 999}][:9 - wanted["keep"]]}
        if (method, path) == ("DELETE", PLACE):
            if query != "force=1" and len(self.kept) > 2:
                return 409, {"detail": "3 durable calls are not over yet."}
            self.kept = []
            return 200, {"service": "shop", "stage": "dev"}
        return 404, {"detail": "nothing here"}

    def put(self, target, path, query, headers, body):
        digest = bytes.fromhex(query["sha256"]) if "sha256" in query else hashlib.sha256(body).digest()
        if not self.is_signed("PUT", target, headers, digest):
            return 403, {"detail": "This deploy key is not known here."}
        if self.refusal:
            return self.refusal
        if "sha256" in query:
            assert len(body) <= CHUNK and int(query["offset"]) == len(self.parts)
            self.parts += body
            if len(self.parts) < int(query["size"]):
                return 202, {}
            body, self.parts = self.parts, b""
            assert hashlib.sha256(body).digest() == digest
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            manifest = json.load(archive.extractfile("manifest.json"))
        assert path == "%s/deployments/%d" % (PLACE, manifest["timestamp"])
        if self.kept and manifest["timestamp"] <= self.kept[0]["timestamp"]:
            return 409, {"detail": "There is a newer deployment."}
        hashes = {name: [] for name in manifest["functions"]}
        for item in [*reversed(self.kept), manifest]:
            for name, function in item["functions"].items():
                if function["sha256"] not in hashes.setdefault(name, []):
                    hashes[name].append(function["sha256"])
        made = {"kind": "function" if "only" in manifest else "deployment", "function": manifest.get("only"), "base": 1, "numbers": {name: hashes[name].index(item["sha256"]) + 1 for name, item in manifest["functions"].items()},
                "timestamp": manifest["timestamp"], "version": "v", "size": len(body), "isLive": False,
                "functions": manifest["functions"], "configHash": content(manifest)}
        self.kept.insert(0, made)
        self.switch(made)
        return 201, dict(self.info(made), **({"watch": {"untilMs": int(time.time() * 1000) + 3000}} if self.watch else {}))

    def switch(self, item):
        for other in self.kept:
            other["isLive"] = other is item

    def info(self, item):
        return {"info": {"service": "shop", "stage": "dev", "region": "local", "stack": "shop-dev", "resourceCount": 2, "layers": [],
                         "apiKeys": [{"name": "partner", "value": "3kT0aaaabbbb"}, {"name": "hidden", "value": None}],
                         "endpoints": self.endpoints,
                         "functions": [{"name": "quote", "deployedName": "shop-dev-quote", "size": 15688},
                                       {"name": "nightly", "deployedName": "shop-dev-nightly", "size": 15000}]},
                "outputs": {"Home": {"Value": "https://shop.example.test"}}, "timestamp": item["timestamp"], "version": "v"}


class Deploy(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="interlude-deploy-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.env = {"PATH": os.environ["PATH"], "HOME": os.path.join(self.folder, "home")}
        self.api = Api(self.folder)
        self.addCleanup(self.api.stop)
        self.put("serverless.yml", SERVICE)
        self.put("dist/quote.c", SOURCE % "v1")

    def put(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def run_it(self, *words, code=0, stdin="", **more):
        done = subprocess.run([INTERLUDE, *words], cwd=self.folder, env=dict(self.env, **more), capture_output=True, input=stdin,
                              encoding="utf-8", timeout=120, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def login(self):
        made = json.loads(self.run_it("login", self.api.url + "/", "--json").stdout)
        self.api.keys[made["id"]] = made["publicKey"]
        return made

    def golden(self, name, text):
        """With what differs from run to run replaced by its name."""
        text = re.sub(r"\(\d+s\)", "(0s)", text).replace(self.api.url, "SERVER")
        for i, item in enumerate(self.api.kept):
            text = text.replace(str(item["timestamp"]), "TIMESTAMP-%d" % (len(self.api.kept) - i))
        text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "DATE UTC", text)
        path = os.path.join(GOLDEN, name + ".txt")
        if os.environ.get("GOLDEN") == "write":
            os.makedirs(GOLDEN, exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(text, file.read())

    def test_f9_deploy_and_no_changes(self):
        self.login()
        self.golden("deploy", self.run_it("deploy").stdout)
        self.golden("no-changes", self.run_it("deploy").stdout)
        self.assertEqual(len(self.api.kept), 1)
        self.assertEqual(json.loads(self.run_it("deploy", "--json").stdout)["info"]["stack"], "shop-dev")
        self.run_it("deploy", "--force")
        self.assertEqual(len(self.api.kept), 2)
        self.put("data/prices.txt", "1\n")  # no function, and yet it is deployed
        self.golden("deploy-conceal", self.run_it("deploy", "--conceal", "--verbose").stdout)
        self.assertEqual(len(self.api.kept), 3)
        self.put("data/prices.txt", "2\n")
        made = json.loads(self.run_it("deploy", "--json").stdout)
        self.assertEqual(made["timestamp"], self.api.kept[0]["timestamp"])

    def test_f9_clocks_may_differ(self):
        self.login()
        self.run_it("deploy")
        self.api.kept[0]["timestamp"] += 3600 * 1000  # by a machine whose clock is ahead
        self.run_it("deploy", "--force")
        self.assertEqual(self.api.kept[0]["timestamp"], self.api.kept[1]["timestamp"] + 1)

    def test_f10_legacy_layout(self):
        self.login()
        self.golden("deploy-legacy", self.run_it("deploy", "--legacy-output").stdout)
        self.golden("no-changes-legacy", self.run_it("deploy", "--legacy-output").stdout)
        self.api.endpoints = []
        self.golden("info-legacy", self.run_it("info", "--legacy-output").stdout)

    def test_f10_list_info_rollback_remove(self):
        self.login()
        self.golden("list-empty", self.run_it("deploy", "list").stdout)
        self.assertIn("is not deployed to stage dev", self.run_it("info", code=1).stderr)
        for text in ("v1", "v2", "v3"):
            self.put("dist/quote.c", SOURCE % text)
            os.utime(os.path.join(self.folder, "dist/quote.c"), (time.time() + 10, time.time() + 10))
            self.run_it("deploy")
        self.assertEqual(len(self.api.kept), 3)
        self.golden("list", self.run_it("deploy", "list").stdout)
        self.assertEqual(len(json.loads(self.run_it("deploy", "list", "--json").stdout)["deployments"]), 3)
        self.golden("list-functions", self.run_it("deploy", "list", "functions").stdout)
        self.golden("info", self.run_it("info").stdout)
        self.api.endpoints = self.api.endpoints[:1]
        self.golden("info-one", self.run_it("info").stdout)
        self.golden("rollback-choose", self.run_it("rollback").stdout)
        self.assertIn("run: interlude rollback -s dev --server %s --timestamp TIMESTAMP\n" % self.api.url,
                      self.run_it("rollback", "-s", "dev", "--server", self.api.url).stdout)
        self.api.kept[0]["routes"] = {"routes/refund.so": {}, "routes/users/edit.so": {}}
        self.assertIn("  - nightly\n  - routes/refund\n  - routes/users/edit\n\n", self.run_it("deploy", "list").stdout)
        oldest = self.api.kept[2]
        self.golden("rollback", self.run_it("rollback", "-t", str(oldest["timestamp"])).stdout)
        self.assertTrue(oldest["isLive"])
        self.assertIn("no deployment of that time", self.run_it("rollback", "-t", "17", code=1).stderr)
        self.run_it("rollback", "-t", "yesterday", code=2)
        self.assertIn("3 durable calls", self.run_it("remove", code=1).stderr)
        self.golden("remove", self.run_it("remove", "--force").stdout)
        self.assertEqual(self.api.kept, [])

    def test_f9_failures_exit_with_1(self):
        self.assertIn("interlude login URL", self.run_it("deploy", code=1).stderr)
        self.assertIn("there is no key for", self.run_it("deploy", "--server", self.api.url, code=1).stderr)
        self.run_it("login", self.api.url)  # nobody told the server
        failed = self.run_it("deploy", code=1)
        self.assertIn("✖ Stack shop-dev failed to deploy", failed.stderr)
        self.assertIn("This deploy key is not known here. (status 403", failed.stderr)
        self.assertEqual(self.run_it("deploy", "--json", code=1).stdout, "")
        self.login()
        self.api.refusal = 422, {"problems": [{"message": "dist/quote.so: it is of another machine\x1b[2J"}, {"message": "no", "severity": "warning"},
                                                {"message": "and one more"}],
                                   "detail": "dist/quote.so: it is of another machine"}
        answer = self.api.answer
        self.api.answer = lambda method, *rest: answer(method, *rest) if method == "PUT" else (200, {"deployments": []})
        failed = self.run_it("deploy", code=1).stderr
        self.assertIn("  dist/quote.so: it is of another machine [2J\n  and one more\n", failed)
        self.put("dist/quote.c", "this is no C")
        os.utime(os.path.join(self.folder, "dist/quote.c"), (time.time() + 20, time.time() + 20))
        self.assertIn("dist/quote.c", self.run_it("deploy", code=1).stderr)
        self.assertIn("cannot call http://127.0.0.1:1/", self.run_it("deploy", "--server", "http://127.0.0.1:1", code=1,
                                                                  INTERLUDE_DEPLOY_KEY=self.key()).stderr)
        self.run_it("deploy", "list", "things", code=2)

    def save(self, name, text):
        """Newer than what was compiled of it before."""
        self.put(name, text)
        self.saved = getattr(self, "saved", time.time()) + 10
        os.utime(os.path.join(self.folder, name), (self.saved, self.saved))

    def test_f9_what_would_not_load_there_is_not_sent(self):
        self.login()
        self.save("dist/quote.c", "#include <stdlib.h>\n" + (SOURCE % "v1").replace("(void)req;", "(void)req; if (arc4random() == 7) return 1;"))
        needed = self.run_it("package", "--target", "lambda", code=1).stderr
        if "arc4random@GLIBC_2.36" not in needed:
            self.skipTest("another libc")
        self.api.machine["glibc"] = "2.31"
        failed = self.run_it("deploy", code=1).stderr
        self.assertIn("functions.quote: dist/quote.so needs arc4random@GLIBC_2.36, the server has 2.31: build it on a system that is as old", failed)
        self.assertIn("✖ Stack shop-dev failed to deploy", failed)
        self.api.machine.update(glibc="2.36", arch="sparc")
        self.run_it("deploy")  # what it says of itself is not understood, so it will say so
        self.api.machine["arch"] = "riscv64"
        self.assertIn("is built for %s, the server is riscv64" % os.uname().machine, self.run_it("deploy", "--force", code=1).stderr)
        self.assertEqual([call[0] for call in self.api.calls].count("PUT"), 1)

    def test_f9_a_libc_that_is_newer_than_any(self):
        """The symbol is found by its version, whatever this machine has."""
        self.login()
        self.put("libc.c", "int of_tomorrow(void) { return 1; }\n")
        self.put("libc.map", "GLIBC_2.99 { of_tomorrow; };\n")
        self.put("dist/quote.c", "int of_tomorrow(void);\n" + (SOURCE % "v1").replace("(void)req;", "(void)req; of_tomorrow();"))
        subprocess.run(["cc", "-shared", "-fPIC", "-nostdlib", "-Wl,-soname,libc.so.6,--version-script=libc.map", "-o", "libc.so", "libc.c"],
                       cwd=self.folder, check=True)
        subprocess.run(["cc", "-std=gnu17", "-shared", "-fPIC", "-I" + os.path.join(os.environ["INTERLUDE_SOURCE"], "sdk-headers"), "-o",
                        "dist/quote.so", "dist/quote.c", "libc.so"], cwd=self.folder, check=True)
        self.api.machine["glibc"] = "2.41"
        self.assertIn("dist/quote.so needs of_tomorrow@GLIBC_2.99, the server has 2.41", self.run_it("deploy", code=1).stderr)
        self.assertIn("dist/quote.so needs of_tomorrow@GLIBC_2.99, this machine has 2.", self.run_it("package", code=1).stderr)
        self.api.machine["glibc"] = "2.99"
        self.run_it("deploy")  # the server is newer than this machine

    def test_f9_libraries_that_the_server_does_not_have(self):
        self.login()
        self.put("own.c", "int own(void) { return 1; }\n")
        subprocess.run(["cc", "-shared", "-fPIC", "-Wl,-soname,libown.so.1", "-o", "libown.so", "own.c"], cwd=self.folder, check=True)
        self.put("serverless.yml", SERVICE + "custom: { interlude: { build: { cc: cc -L., libs: [-lown] } } }\n")
        self.save("dist/quote.c", "int own(void);\n" + (SOURCE % "v1").replace("(void)req;", "(void)req; own();"))
        failed = self.run_it("deploy", code=1).stderr
        self.assertIn("dist/quote.so needs the library libown.so.1, which modules may not use on the server", failed)
        self.assertIn("DEPLOY_LIBRARIES", failed)
        self.api.machine["libraries"] = "libsqlite3.so.0,libown.so.1"
        self.run_it("deploy")

    def test_f9_compilers(self):
        self.login()
        self.save("dist/quote.c", "this is no C")
        failed = self.run_it("deploy", code=1).stderr
        self.assertRegex(failed, r"dist/quote\.c:1:1: error: ")
        self.assertRegex(failed, r"dist/quote\.c does not compile: \S*cc .*-o \S*\.so \./dist/quote\.c")
        self.assertEqual(failed.count("does not compile"), 1)  # two functions are in it
        self.put("serverless.yml", SERVICE + "custom: { interlude: { build: { cc: no-such-cc } } }\n")
        self.assertIn("no-such-cc is not installed: apt install gcc", self.run_it("deploy", code=1).stderr)

    def key(self):
        with open(os.path.join(self.env["HOME"], ".config/interlude/credentials"), encoding="utf-8") as file:
            return file.read().split()[1]

    def test_f9_large_packages_go_in_chunks(self):
        self.login()
        with open("/dev/urandom", "rb") as noise, open(os.path.join(self.folder, "noise"), "wb") as file:
            file.write(noise.read(CHUNK + 1000))
        os.makedirs(os.path.join(self.folder, "data"))
        os.rename(os.path.join(self.folder, "noise"), os.path.join(self.folder, "data/noise"))
        self.run_it("deploy")
        self.assertEqual([call[0] for call in self.api.calls], ["GET", "PUT", "PUT"])

    def test_f9_packages_made_before(self):
        self.login()
        self.run_it("package", "-p", "made")
        self.put("dist/quote.c", "this is no C")
        os.utime(os.path.join(self.folder, "dist/quote.c"), (time.time() + 10, time.time() + 10))
        self.run_it("deploy", "--package", "made")
        self.assertEqual(len(self.api.kept), 1)
        self.assertIn("elsewhere/shop-dev.tgz", self.run_it("deploy", "-p", "elsewhere", code=1).stderr)

    def test_f9_credentials(self):
        path = os.path.join(self.env["HOME"], ".config/interlude/credentials")
        first = self.login()
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertEqual(json.loads(self.run_it("login", self.api.url, "--json").stdout), first)  # the same key again
        self.run_it("login", "https://other.example.test")
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertEqual([line.split()[0] for line in lines], [self.api.url, "https://other.example.test"])
        again = json.loads(self.run_it("login", self.api.url, "--new", "--json").stdout)
        self.assertNotEqual(again, first)
        self.run_it("login", "tools.example.test", code=1)
        os.chmod(path, 0o644)
        self.assertIn("chmod 600", self.run_it("deploy", "list", "--server", self.api.url, code=1).stderr)
        os.unlink(path)
        data = os.path.join(self.folder, "state")
        self.run_it("db-init", "--data", data)
        added = self.run_it("keys", "add-deployer", "build server", "--data", data)
        self.assertRegex(added.stdout, r"^ildeploy_[\w-]{43}\n$")
        listed = json.loads(self.run_it("keys", "list", "--deployers", "--json", "--data", data).stdout)["keys"]
        self.api.keys[listed[0]["id"]] = listed[0]["publicKey"]
        self.run_it("deploy", INTERLUDE_URL=self.api.url, INTERLUDE_DEPLOY_KEY=added.stdout.strip())
        self.run_it("login", self.api.url, "--key", stdin=added.stdout)
        self.run_it("deploy", "list")
        self.run_it("login", self.api.url, "--key", stdin="live_something", code=1)

    def test_f9_the_server_learns_public_keys(self):
        data = os.path.join(self.folder, "state")
        self.run_it("db-init", "--data", data)
        made = self.login()
        add = ["keys", "add-deployer", "ann", made["publicKey"], "--data", data]
        self.assertEqual(self.run_it(*add).stdout, "ann may deploy with the key %s.\n" % made["id"])
        self.assertIn("already", self.run_it(*add, code=1).stderr)
        self.assertIn(made["publicKey"], self.run_it("keys", "list", "--deployers", "--data", data).stdout)
        self.assertIn("Revoked", self.run_it("keys", "revoke", made["id"], "--data", data).stdout)
        self.assertIn("cannot come back", self.run_it(*add, code=1).stderr)
        self.assertIn("Nobody may deploy", self.run_it("keys", "list", "--deployers", "--data", data).stdout)
        self.run_it("keys", "add-deployer", "bob", "AAAA", "--data", data, code=1)

    def test_f9_what_signs_is_not_sent(self):
        self.login()
        self.run_it("invoke", "-f", "quote", "-d", "{}", "--url", self.api.url, code=1, INTERLUDE_DEPLOY_KEY=self.key())
        self.assertNotIn("Authorization", self.api.calls[-1][2])

    def test_f9_watch_window(self):
        self.login()
        watching = {"state": "watching", "requests": 20, "errors": 0}
        self.api.watch = [watching, watching, {"state": "live", "requests": 40, "errors": 0}]
        self.assertIn("✔ Service deployed to stack shop-dev", self.run_it("deploy").stdout)
        self.assertEqual(self.api.watch, [])
        self.put("data/x", "1")
        self.api.watch = [watching, {"state": "returned", "requests": 40, "errors": 12,
                                     "reason": "12 of 40 requests failed with 5xx (30 %, more than 5 %)"}]
        failed = self.run_it("deploy", code=1)
        self.assertNotIn("Service deployed", failed.stdout)
        self.assertIn("✖ Stack shop-dev failed to deploy", failed.stderr)
        self.assertIn("the version before is live again: 12 of 40 requests failed with 5xx (30 %, more than 5 %)", failed.stderr)
        self.put("data/x", "2")
        self.api.watch = [watching, watching, {"state": "live"}]
        code, shown = self.on_terminal("deploy")
        self.assertEqual(code, 0)
        self.assertRegex(shown, r"\r\x1b\[K. Watching the new version for \d s more: 20 requests, 0 errors")
        self.assertRegex(shown, r"\r\x1b\[K. Making it live")

    def on_terminal(self, *words, **more):
        """Its code, and what it wrote to a terminal, stderr too."""
        ours, theirs = pty.openpty()
        done = subprocess.Popen([INTERLUDE, *words], cwd=self.folder, env=dict(self.env, TERM="xterm", **more), stdout=theirs, stderr=theirs)
        os.close(theirs)
        text = b""
        try:
            while True:
                text += os.read(ours, 65536)
        except OSError:
            pass  # it has ended
        os.close(ours)
        return done.wait(60), text.decode()

    def test_f9_no_health(self):
        self.login()
        self.run_it("deploy", "--no-health")
        self.assertTrue(self.api.calls[-1][1].endswith("?health=0"), self.api.calls[-1])

    def test_f10_values_of_keys(self):
        self.login()
        self.run_it("deploy")
        self.golden("info-show-keys", self.run_it("info", "--show-keys").stdout)
        self.assertTrue(self.api.calls[-1][1].endswith("?keys=1"))

    def test_f10_functions_and_prune(self):
        self.login()
        self.run_it("deploy")
        self.save("dist/quote.c", SOURCE % "v2")
        self.golden("deploy-function", self.run_it("deploy", "function", "-f", "quote").stdout)
        with tarfile.open(os.path.join(self.folder, ".interlude/shop-dev-quote.tgz")) as archive:
            self.assertEqual(archive.getnames(), ["manifest.json", "dist/quote.so"])
            self.assertEqual(json.load(archive.extractfile("manifest.json"))["only"], "quote")
        self.golden("deploy-function-config", self.run_it("deploy", "function", "-f", "quote", "-u").stdout)
        with tarfile.open(os.path.join(self.folder, ".interlude/shop-dev-quote.tgz")) as archive:
            self.assertEqual(archive.getnames(), ["manifest.json"])
        self.golden("rollback-function", self.run_it("rollback", "function", "-f", "quote", "--function-version", "1").stdout)
        self.assertEqual(json.loads(self.run_it("rollback", "function", "-f", "quote", "--function-version", "1", "--json").stdout), {"version": 1})
        self.golden("prune", self.run_it("prune", "-n", "1").stdout)
        self.golden("prune-dry", self.run_it("prune", "-n", "1", "--dryRun").stdout)
        self.golden("prune-nothing", self.run_it("prune", "-n", "9").stdout)

    def test_f10_versions_of_functions(self):
        self.login()
        for i in range(7):
            self.save("dist/quote.c", SOURCE % ("v%d" % i))
            self.run_it("deploy")
        self.assertEqual(self.run_it("deploy", "list", "functions").stdout, "quote: v3, v4, v5, v6, v7\nnightly: v3, v4, v5, v6, v7\n")
        self.api.switch(self.api.kept[3])
        self.assertIn("quote: v3, v4, v5, v6, v7 (live: v4)\n", self.run_it("deploy", "list", "functions").stdout)
        self.put("serverless.yml", SERVICE.replace("name: interlude,", "name: interlude, versionFunctions: false,"))
        self.assertEqual(self.run_it("deploy", "list", "functions").stdout, "quote: $LATEST\nnightly: $LATEST\n")

    def test_f10_colours_on_terminals_only(self):
        self.login()
        self.run_it("deploy")
        for more, is_coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            ours, theirs = pty.openpty()
            done = subprocess.run([INTERLUDE, "deploy", "--force"], cwd=self.folder, env=dict(self.env, **more), stdout=theirs,
                                  stderr=subprocess.PIPE, timeout=60, check=False)
            os.close(theirs)
            text = os.read(ours, 65536).decode()
            os.close(ours)
            self.assertEqual(done.returncode, 0)
            self.assertEqual("\033[32m✔\033[0m Service" in text, is_coloured, text)
            self.assertEqual("\033" in text, is_coloured, text)


if __name__ == "__main__":
    unittest.main()
