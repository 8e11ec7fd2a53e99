# SPDX-License-Identifier: MIT
"""The server's half of interlude deploy: signed artefacts, versions on disk, one switch, the way back (F9, F10)."""
import hashlib
import io
import json
import os
import sys
import tarfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from deployer import ADDRESS, CONFIG, SOURCE, DeployTest, Deployer  # noqa: E402


class Deploy(DeployTest):
    def setUp(self):
        super().setUp()
        self.functions = os.path.join(self.server.directory, ".interlude/functions")

    def both(self):
        """What the two functions answer."""
        return [self.server.request("GET", "/fn/shop/prod/" + name)[:2] for name in ("quote", "twin")]

    def answers(self, text):
        self.assertEqual(self.both(), [(200, text.encode())] * 2)

    def versions(self):
        return sorted(os.listdir(os.path.join(self.functions, "shop/prod/versions")))

    def deploy(self, text):
        artefact, stamp = self.deployer.package(text)
        status, answer = self.deployer.put(self.server, artefact, stamp)
        self.assertEqual(status, 201, answer)
        return stamp, answer

    def restart(self, end):
        end()
        self.server.start()

    def test_deploy(self):
        stamp, answer = self.deploy("one")
        self.answers("one")
        info = answer["info"]
        self.assertEqual((info["service"], info["stage"], info["stack"]), ("shop", "prod", "shop-prod"))
        self.assertEqual([(item["name"], item["deployedName"]) for item in info["functions"]],
                         [("quote", "shop-prod-quote"), ("twin", "shop-prod-twin")])
        self.assertTrue(all(item["size"] > 0 for item in info["functions"]))
        self.assertTrue(info["endpoints"][0].startswith("GET - http://"), info["endpoints"])
        self.assertTrue(info["endpoints"][0].endswith("/fn/shop/prod/quote"), info["endpoints"])
        self.assertEqual(answer["timestamp"], stamp)
        self.assertEqual(self.versions(), [answer["version"]])
        self.restart(lambda: self.server.stop(keep=True))
        self.answers("one")
        self.restart(self.server.kill)
        self.answers("one")

    def test_another_version_and_back(self):
        first = self.deploy("one")[0]
        second = self.deploy("two")[0]
        self.answers("two")
        listed = self.deployer.list(self.server)
        self.assertEqual([(item["timestamp"], item["isLive"], item["deployer"]) for item in listed],
                         [(second, True, "ann"), (first, False, "ann")])
        self.assertEqual(set(listed[0]["functions"]), {"quote", "twin"})
        self.assertNotEqual(listed[0]["configHash"], listed[1]["configHash"])
        status, answer = self.deployer.call(self.server, "POST", ADDRESS + "/rollback",
                                            json.dumps({"timestamp": first}).encode())
        self.assertEqual((status, answer.get("timestamp")), (200, first), answer)
        self.answers("one")
        self.restart(self.server.kill)
        self.answers("one")
        self.assertEqual([item["isLive"] for item in self.deployer.list(self.server)], [False, True])
        status, answer = self.deployer.call(self.server, "POST", ADDRESS + "/rollback", b'{"timestamp":5}')
        self.assertEqual(status, 404, answer)
        self.assertEqual(self.deployer.call(self.server, "GET", ADDRESS)[1]["timestamp"], first)

    def test_remove(self):
        artefact, stamp = self.deployer.package("one")
        self.assertEqual(self.deployer.put(self.server, artefact, stamp)[0], 201)
        self.assertEqual(self.deployer.call(self.server, "DELETE", ADDRESS)[0], 200)
        self.assertEqual([status for status, _ in self.both()], [404, 404])
        self.assertEqual(self.deployer.list(self.server), [])
        self.assertEqual(self.deployer.call(self.server, "DELETE", ADDRESS)[0], 404)
        self.assertEqual(self.deployer.put(self.server, artefact, stamp)[0], 409)  # somebody sends the old one again
        self.restart(lambda: self.server.stop(keep=True))
        self.assertEqual([status for status, _ in self.both()], [404, 404])
        self.deploy("two")
        self.answers("two")

    def test_signature(self):
        artefact, stamp = self.deployer.package("one")
        stranger = Deployer()
        self.addCleanup(stranger.close)
        good = self.deployer.signature(artefact)
        for signature in ("", "ed25519=x:y", stranger.signature(artefact), self.deployer.signature(artefact + b"x"),
                          good.replace(self.deployer.ident, stranger.ident)):
            status, answer = self.deployer.put(self.server, artefact, stamp, signature or "none")
            self.assertEqual(status, 403, answer)
        self.assertEqual(stranger.call(self.server, "GET", ADDRESS + "/deployments")[0], 403)
        self.assertFalse(os.path.exists(os.path.join(self.functions, "shop")))
        self.assertEqual(self.deployer.put(self.server, artefact, stamp, good)[0], 201)
        self.assertEqual(self.deployer.put(self.server, artefact, stamp, good)[0], 409)
        self.assertEqual(self.deployer.put(self.server, artefact, stamp - 1, good)[0], 409)
        self.answers("one")

    def refuse(self, artefact, stamp, message, address=ADDRESS):
        """422, and what serves goes on."""
        status, answer = self.deployer.put(self.server, artefact, stamp, address=address)
        self.assertEqual(status, 422, answer)
        self.assertIn(message, json.dumps(answer["problems"]))
        self.answers("one")
        self.assertEqual(len(self.versions()), 1)

    def tricked(self, artefact, change):
        """The artefact with other entries: change(entries), a list of (TarInfo, bytes)."""
        with tarfile.open(fileobj=io.BytesIO(artefact)) as archive:
            entries = [(entry, archive.extractfile(entry).read()) for entry in archive.getmembers()]
        change(entries)
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w:gz") as archive:
            for entry, content in entries:
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        return made.getvalue()

    def test_refused_artefacts(self):
        self.deploy("one")
        artefact, stamp = self.deployer.package("two")

        def named(name, kind=tarfile.REGTYPE, link=""):
            def change(entries):
                entry = tarfile.TarInfo(name)
                entry.type, entry.linkname = kind, link
                entries.append((entry, b"" if kind != tarfile.REGTYPE else b"x"))
            return change

        def damage(entries):
            entries[-1] = entries[-1][0], entries[-1][1][:-1] + b"?"

        for change, message in ((named("../../escaped"), "cannot be"), (named("/etc/escaped"), "cannot be"),
                                (named("link", tarfile.SYMTYPE, "/etc/passwd"), "not an ordinary file"),
                                (named("link", tarfile.LNKTYPE, "dist/quote.so"), "not an ordinary file"),
                                (named("device", tarfile.CHRTYPE), "not an ordinary file"),
                                (named("more.txt"), "not in the manifest"), (damage, "not what the manifest says")):
            self.refuse(self.tricked(artefact, change), stamp, message)
        self.refuse(b"no archive at all", stamp, "no package")
        self.refuse(artefact, stamp + 1, "the address says")
        self.assertEqual(self.deployer.put(self.server, artefact, stamp)[0], 201)
        self.answers("two")

    def test_module_that_does_not_open(self):
        self.deploy("one")
        crash = SOURCE + "__attribute__((constructor)) static void crash(void) { __builtin_trap(); }\n"
        artefact, stamp = self.deployer.package("two", source=crash)
        self.refuse(artefact, stamp, "functions.")
        self.restart(self.server.kill)
        self.answers("one")

    def test_half_a_version_is_deleted(self):
        self.deploy("one")
        self.server.kill()
        whole = self.versions()[0]
        for name in "draft-5", "1-deadbeef":
            os.makedirs(os.path.join(self.functions, "shop/prod/versions", name, "dist"))
        self.server.start()
        self.answers("one")
        self.assertEqual(self.versions(), [whole])

    def test_keys(self):
        config = CONFIG.replace("name: interlude", "name: interlude, apiGateway: { apiKeys: [ partner ] }")
        artefact, stamp = self.deployer.package("one", config=config.replace("GET /quote", "{ path: quote, method: get, "
                                                                                           "private: true }"))
        status, answer = self.deployer.put(self.server, artefact, stamp)
        self.assertEqual(status, 201, answer)
        key, = answer["info"]["apiKeys"]
        self.assertEqual(key["name"], "partner")
        self.assertEqual([status for status, _ in self.both()], [403, 200])
        self.assertEqual(self.server.request("GET", "/fn/shop/prod/quote", headers={"x-api-key": key["value"]})[0], 200)
        self.assertNotIn(key["value"], self.server.log())
        self.assertEqual(self.deployer.call(self.server, "GET", ADDRESS)[1]["info"]["apiKeys"],
                         [{"name": "partner", "value": None}])

    def test_keep(self):
        config = CONFIG.replace("name: interlude", "name: interlude, deploymentBucket: { maxPreviousDeploymentArtifacts: 1 }")
        for text in "one", "two", "three":
            artefact, stamp = self.deployer.package(text, config=config)
            self.assertEqual(self.deployer.put(self.server, artefact, stamp)[0], 201)
        self.assertEqual(len(self.versions()), 2)
        self.answers("three")

    def test_pieces(self):
        artefact, stamp = self.deployer.package("one")
        signature, sha256 = self.deployer.signature(artefact), hashlib.sha256(artefact).hexdigest()

        def put(offset, content):
            target = "%s/deployments/%d?offset=%d&size=%d&sha256=%s" % (ADDRESS, stamp, offset, len(artefact), sha256)
            status, body, _ = self.server.request("PUT", target, content, {"X-Interlude-Signature": signature})
            return status, json.loads(body)

        half = len(artefact) // 2
        self.assertEqual(put(half, artefact[half:])[0], 400)
        self.assertEqual(put(0, artefact[:half]), (202, {"received": half}))
        self.assertEqual(put(half, bytes(len(artefact) - half))[0], 400)  # not what was signed
        self.assertEqual(put(0, artefact[:half])[0], 202)
        self.assertEqual(put(half, artefact[half:])[0], 201)
        self.answers("one")


if __name__ == "__main__":
    unittest.main()
