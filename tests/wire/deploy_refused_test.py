# SPDX-License-Identifier: MIT
"""F9: what a server refuses to deploy. After each of them the version before answers, and nothing of the new one is left."""
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import elf  # noqa: E402
from artefact import Artefact, pack  # noqa: E402
from deployer import ADDRESS, Deployer  # noqa: E402
from interlude import Server  # noqa: E402
from release import CONFIG, SOURCE, Releases, name_of  # noqa: E402

MIB = 1 << 20
QUOTE, NOTE = "dist/quote.so", "routes/note.so"


def entry(name, content=b"x", kind=tarfile.REGTYPE, link=""):
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made, content if kind == tarfile.REGTYPE else b""


def added(name, **more):
    """A trick: one entry more at the end of the archive."""
    return lambda entries: entries.append(entry(name, **more))


class Refused(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.deployer = Deployer()
        cls.addClassCleanup(cls.deployer.close)
        cls.releases = Releases(cls.deployer)
        cls.server = Server().start()
        cls.addClassCleanup(cls.server.stop)
        cls.deployer.introduce(cls.server)
        artefact, stamp = cls.releases.make(1)
        status, answer = cls.deployer.put(cls.server, artefact, stamp)
        assert status == 201, answer
        cls.place = os.path.join(cls.server.directory, ".interlude/functions/shop/prod")
        cls.before = os.listdir(os.path.join(cls.place, "versions"))

    def setUp(self):
        """Release 2, which would be taken."""
        content, self.stamp = self.releases.make(2)
        self.artefact = Artefact(content)

    def tearDown(self):
        """Whatever it was, release 1 answers."""
        for name in "quote", "twin":
            self.assertEqual(self.server.get("/fn/shop/prod/%s?n=7" % name)[:2],
                             (200, ("%s 7 %s %s" % (name, name_of(1), name_of(1))).encode()))
        self.assertEqual(os.listdir(os.path.join(self.place, "versions")), self.before)
        incoming = os.path.join(self.server.directory, ".interlude/functions/.incoming")
        self.assertEqual(os.listdir(incoming) if os.path.isdir(incoming) else [], [])
        self.assertEqual(len(self.deployer.list(self.server)), len(self.before))

    def refuse(self, content, message, status=422, stamp=None, signature=None, address=ADDRESS):
        got, answer = self.deployer.put(self.server, content, stamp or self.stamp, signature, address)
        if got == 201:  # a failure of this test, not of those that follow
            self.deployer.rollback(self.server, self.releases.stamps[1])
            Refused.before = os.listdir(os.path.join(self.place, "versions"))
        self.assertEqual(got, status, answer)
        said = json.dumps(answer.get("problems", answer.get("detail")), ensure_ascii=False)
        self.assertIn(message, said)
        self.assertNotIn(self.server.directory, said, "a path of the server is nobody's business")

    def refuse_module(self, change, message):
        self.artefact.files[QUOTE] = change(self.artefact.files[QUOTE])
        self.refuse(self.artefact.build(), message)

    def refuse_source(self, extra, option, message):
        """A module that is compiled anew, with something in front of its IL_FUNCTION."""
        source = SOURCE.replace("NAME", "quote").replace("    IL_FUNCTION(handler,", extra + "\n    IL_FUNCTION(handler, " + option)
        made = Deployer()
        self.addCleanup(made.close)
        made.write("dist/quote.c", source)
        made.write("dist/twin.c", SOURCE.replace("NAME", "twin"))
        self.refuse_module(lambda _: Artefact(made.packed(CONFIG)[0]).files[QUOTE], message)

    def refuse_manifest(self, change, message):
        self.artefact.fit()
        manifest = self.artefact.manifest
        text = change(manifest)
        if text is None:
            text = json.dumps(manifest, separators=(",", ":")).encode()
        self.refuse(pack([entry("manifest.json", text)] + self.artefact.entries()[1:]), message)

    def refuse_archive(self, change, message):
        self.refuse(self.artefact.build(change=change), message)

    # ---- who sends it, and when

    def test_signatures(self):
        content = self.artefact.build()
        stranger, good = Deployer(), self.deployer.signature(content)
        self.addCleanup(stranger.close)
        for signature, message in (("none", "A deploy key is needed"), ("ed25519=x:y", "A deploy key is needed"),
                                   (stranger.signature(content), "not known here"),
                                   (good.replace(self.deployer.ident, stranger.ident), "not known here"),
                                   (self.deployer.signature(content + b"x"), "does not fit"),
                                   (good[:-4] + "====", "A deploy key is needed"),
                                   (good.replace(good[40:44], "AAAA" if good[40:44] != "AAAA" else "BBBB"), "does not fit")):
            with self.subTest(signature):
                self.refuse(content, message, 403, signature=signature)

    def test_revoked_key(self):
        other = Deployer()
        self.addCleanup(other.close)
        other.introduce(self.server, "bob")
        with self.server.database() as db:
            db.execute("UPDATE deployer SET revoked_at = 2 WHERE id = ?", (other.ident,))
        content = self.artefact.build()
        self.refuse(content, "revoked", 403, signature=other.signature(content))

    def test_replays_and_other_times(self):
        first = max(item["timestamp"] for item in self.deployer.list(self.server))
        self.refuse(self.artefact.build(first), "has been deployed already", 409, first)
        self.refuse(self.artefact.build(first - 1), "older than the newest", 409, first - 1)
        future = int(time.time() * 1000) + 25 * 3600 * 1000
        self.refuse(self.artefact.build(future), "of the future", 409, future)
        self.refuse(self.artefact.build(self.stamp), "the address says", stamp=self.stamp + 1)
        self.refuse(self.artefact.build(self.stamp), "the address says", address=ADDRESS.replace("prod", "staging"))

    def test_signed_calls_are_not_played_again(self):
        target, body = ADDRESS + "/rollback", json.dumps({"timestamp": self.releases.stamps[1]}).encode()

        def call(now, method="POST", where=target, signed_body=body):
            text = b"%s %s\n%s\n%d" % (method.encode(), where.encode(), signed_body, now)
            status, answer, _ = self.server.request("POST", target, body, {
                "X-Interlude-Time": str(now), "X-Interlude-Signature": self.deployer.signature(text)})
            return status, json.loads(answer).get("detail", "")

        now = int(time.time() * 1000)
        for away in -6, 6:
            status, detail = call(now + away * 60000)
            self.assertEqual(status, 403)
            self.assertIn("of another time", detail)
        for other in ({"method": "DELETE"}, {"where": target.replace("prod", "dev")}, {"signed_body": b'{"timestamp":5}'}):
            self.assertEqual(call(now, **other)[0], 403)

    # ---- modules, by their bytes

    def test_elf_of_another_machine(self):
        self.refuse_module(lambda so: elf.put(so, 18, elf.EM_AARCH64.to_bytes(2, "little")), "is built for aarch64, the server is x86_64")

    def test_elf_of_32_bits(self):
        self.refuse_module(lambda so: elf.put(so, 4, b"\1"), "not built for a 64-bit little-endian machine")

    def test_elf_with_the_other_byte_order(self):
        self.refuse_module(lambda so: elf.put(so, 5, b"\2"), "not built for a 64-bit little-endian machine")

    def test_elf_that_is_a_program(self):
        self.refuse_module(lambda so: elf.put(so, 16, b"\2\0"), "it is a program, not a shared object")

    def test_elf_that_is_an_object_file(self):
        self.refuse_module(lambda so: elf.put(so, 16, b"\1\0"), "it is an object file, not a shared object")

    def test_elf_with_rpath(self):
        self.refuse_module(lambda so: elf.retag(so, elf.DT_NEEDED, elf.DT_RPATH), "carries a library path of its own")

    def test_elf_with_runpath(self):
        self.refuse_module(lambda so: elf.retag(so, elf.DT_NEEDED, elf.DT_RUNPATH), "carries a library path of its own")

    def test_elf_with_text_relocations(self):
        self.refuse_module(lambda so: elf.retag(so, elf.DT_NEEDED, elf.DT_TEXTREL), "has text relocations")

    def test_elf_with_the_flag_of_text_relocations(self):
        self.refuse_module(lambda so: elf.flag(so, elf.DF_TEXTREL), "has text relocations")

    def test_elf_that_needs_a_library_by_its_path(self):
        self.refuse_module(lambda so: elf.swap(so, b"libc.so.6", b"/tmp/z.so"), "/tmp/z.so")

    def test_elf_that_needs_another_library(self):
        self.refuse_module(lambda so: elf.swap(so, b"libc.so.6", b"libx.so.6"), "libx.so.6")

    def test_elf_for_a_newer_libc(self):
        self.refuse_module(lambda so: elf.swap(so, b"GLIBC_2.2.5", b"GLIBC_2.999"), "@GLIBC_2.999, the server has 2.")

    def test_elf_without_interlude_module(self):
        self.refuse_module(lambda so: elf.swap(so, b"interlude_module", b"interlude_nodule"), "it exports no interlude_module")

    def test_elf_with_something_else_under_that_name(self):
        self.refuse_module(lambda so: elf.module(so, 0, 7), "its interlude_module is not one")

    def test_elf_of_another_abi(self):
        self.refuse_module(lambda so: elf.module(so, 1, 2), "it is built for version 2 of the headers")

    def test_elf_without_the_handler(self):
        self.refuse_module(lambda so: elf.swap(so, b"\0handler\0", b"\0handlex\0"), "has no function handler (it has: handlex)")

    def test_elf_of_a_route(self):
        self.artefact.files[NOTE] = elf.put(self.artefact.files[NOTE], 18, elf.EM_AARCH64.to_bytes(2, "little"))
        self.refuse(self.artefact.build(), NOTE + " is built for aarch64")

    def test_elf_that_is_cut_off(self):
        for share in 3, 2, 1.01:
            with self.subTest(share):
                self.refuse_module(lambda so, share=share: so[:int(len(so) / share)], "cut off")

    def test_no_elf(self):
        for content in b"", b"\x7fELF", b"#!/bin/sh\n", b"\x7fELF" + bytes(200), os.urandom(5000):
            with self.subTest(content[:8]):
                self.refuse_module(lambda _, content=content: content, "functions.quote: dist/quote.so")

    # ---- modules that are opened

    def test_constructor_that_crashes(self):
        self.refuse_source("__attribute__((constructor)) static void trap(void) { __builtin_trap(); }", "", "SIGILL")

    def test_constructor_that_ends_the_process(self):
        self.refuse_source("__attribute__((constructor)) static void end(void) { exit(0); }", "", "functions.quote: dist/quote")

    def test_constructor_that_hangs(self):
        self.refuse_source("__attribute__((constructor)) static void hang(void) { for (;;) poll(NULL, 0, -1); }", "", "longer than its time limit")

    def test_load_that_fails(self):
        self.refuse_source("static il_status get(il_ctx *ctx) { return il_fail(ctx, \"no price list\"); }", ".load = get,",
                           "no price list")

    def test_load_that_crashes(self):
        self.refuse_source("static il_status get(il_ctx *ctx) { (void)ctx; __builtin_trap(); }", ".load = get,", "SIGILL")

    def test_health_that_fails(self):
        self.refuse_source("static il_status ask(il_ctx *ctx) { return il_fail(ctx, \"the bank does not answer\"); }",
                           ".health = ask,", "the bank does not answer")

    def test_health_that_hangs(self):
        self.refuse_source("static il_status ask(il_ctx *ctx) { poll(NULL, 0, -1); return il_fail(ctx, \"late\"); }",
                           ".health = ask,", "health")

    # ---- tricks of archives

    def test_names_that_lead_elsewhere(self):
        for name in ("../escaped", "../../../escaped", "dist/../../escaped", "dist/../escaped", "..", "dist/..", "/etc/escaped", "//escaped",
                     "./escaped", "dist//escaped", "dist/./escaped", "a\\b", "a\nb", "a\x7fb", "x" * 1024, "dist/" + "y/" * 600 + "z"):
            with self.subTest(name):
                self.artefact.files.pop("trick", None)
                self.refuse_archive(added(name), "cannot be")
        self.assertEqual(found_below(self.server.directory, "escaped"), [])

    def test_names_in_the_manifest_that_lead_elsewhere(self):
        for name in "../escaped", "/tmp/interlude-escaped", "dist/../../../../escaped":
            with self.subTest(name):
                self.artefact.files[name] = b"x"
                self.refuse(self.artefact.build(), "cannot be")
                del self.artefact.files[name]

    def test_names_in_broken_utf8(self):
        self.refuse_archive(lambda entries: entries.append(entry("\udcff\udcfe")), "cannot be")

    def test_links(self):
        for kind in tarfile.SYMTYPE, tarfile.LNKTYPE:
            for target in "/etc/passwd", QUOTE, "../../../../state.db":
                with self.subTest(target):
                    self.refuse_archive(added("link", kind=kind, link=target), "not an ordinary file")

    def test_a_file_behind_a_link(self):
        self.artefact.files["dist/more"] = b"x"

        def change(entries):
            entries[1:1] = [entry("dist", kind=tarfile.SYMTYPE, link="/tmp")]

        self.refuse_archive(change, "not an ordinary file")

    def test_a_module_that_is_a_link(self):
        def change(entries):
            entries[1] = entry(QUOTE, kind=tarfile.SYMTYPE, link="/proc/self/exe")

        self.refuse_archive(change, "not an ordinary file")

    def test_devices_pipes_and_directories(self):
        for kind in tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE:
            with self.subTest(kind):
                self.refuse_archive(added("thing", kind=kind), "not an ordinary file")

    def test_a_file_twice(self):
        self.refuse_archive(lambda entries: entries.append(entries[1]), "is there twice")

    def test_a_second_manifest(self):
        self.refuse_archive(lambda entries: entries.append(entries[0]), "manifest.json is there twice")
        self.artefact.files["manifest.json"] = b"{}"
        self.refuse_archive(None, "manifest.json")

    def test_names_that_are_the_servers(self):
        self.artefact.files[".complete"] = b"{}"
        self.refuse_archive(None, ".complete")

    def test_other_case(self):
        for name in "DIST/QUOTE.SO", "dist/Quote.so", "Manifest.json":
            with self.subTest(name):
                self.refuse_archive(added(name), "not in the manifest")

        def change(entries):
            entries[0][0].name = "Manifest.json"

        self.refuse_archive(change, "manifest.json must be the first file")

    def test_a_file_that_is_a_directory_too(self):
        self.artefact.files["dist"] = b"x"
        self.refuse_archive(None, "dist")

    def test_a_file_that_nobody_announced(self):
        self.refuse_archive(added("more.txt"), "more.txt is there twice, or not in the manifest")

    def test_a_file_that_is_missing(self):
        self.refuse_archive(lambda entries: entries.pop(), NOTE + " is missing")

    def test_other_bytes_than_announced(self):
        def change(entries):
            entries[-1] = entries[-1][0], entries[-1][1][:-1] + b"?"

        self.refuse_archive(change, NOTE + " is not what the manifest says")

    # ---- sizes

    def test_zip_bomb_of_one_file(self):
        self.artefact.files["data/zeros"] = bytes(65 * MIB)
        content = self.artefact.build()
        self.assertLess(len(content), MIB)
        self.refuse(content, "data/zeros has more than 64 MiB")

    def test_zip_bomb_of_many_files(self):
        zeros = bytes(60 * MIB)
        self.artefact.files.update(("data/zeros%d" % i, zeros) for i in range(5))
        content = self.artefact.build()
        self.assertLess(len(content), 2 * MIB)
        self.refuse(content, "all files together have more than 256 MiB")

    def test_a_file_that_says_it_is_huge(self):
        for size, message in ((1 << 40, QUOTE), ((1 << 63) - 1, "damaged"), (255 * MIB, QUOTE), (MIB, "damaged")):
            made = io.BytesIO()
            with tarfile.open(fileobj=made, mode="w:gz") as archive:
                for item, content in self.artefact.entries()[:1]:
                    item.size = len(content)
                    archive.addfile(item, io.BytesIO(content))
                huge = tarfile.TarInfo(QUOTE)
                huge.size = size
                archive.fileobj.write(huge.tobuf(tarfile.GNU_FORMAT))
            with self.subTest(size):
                self.refuse(made.getvalue(), message)

    def test_too_many_files(self):
        self.refuse_manifest(lambda manifest: manifest["files"].update(
            ("data/%d" % i, {"sha256": "0" * 64, "size": 0}) for i in range(10000)), "at most 10000")

    def test_an_artefact_that_is_too_large(self):
        signature = self.deployer.signature(b"x")
        status, body, _ = self.server.request("PUT", "%s/deployments/%d?offset=0&size=%d&sha256=%s" % (
            ADDRESS, self.stamp, 65 * MIB, hashlib.sha256(b"x").hexdigest()), b"x", {"X-Interlude-Signature": signature})
        self.assertEqual(status, 413, body)

    # ---- the manifest

    def test_no_archive(self):
        whole = self.artefact.build()
        for content in b"no archive at all", whole[:20], b"\x1f\x8b" + bytes(100), pack([]):
            with self.subTest(content[:10]):
                self.refuse(content, "it is no package")

    def test_an_archive_that_is_damaged(self):
        whole = self.artefact.build()
        middle = len(whole) // 2
        self.refuse(whole[:middle], "truncated")
        self.refuse(whole[:middle] + bytes(50) + whole[middle + 50:], "")  # what is noticed first depends on the bytes
        stream = bytearray(gzip.decompress(whole))
        stream[stream.index(self.artefact.files[QUOTE]) + 100] ^= 1  # a whole archive: only the digest can tell
        self.refuse(gzip.compress(bytes(stream)), QUOTE)

    def test_a_manifest_that_is_not_first(self):
        self.refuse_archive(lambda entries: entries.append(entries.pop(0)), "manifest.json must be the first file")

    def test_no_manifest(self):
        self.refuse_archive(lambda entries: entries.pop(0), "manifest.json must be the first file")

    def test_a_manifest_that_is_no_manifest(self):
        for text in b"", b"[]", b"null", b"{", b'{"format":2}', b'{"format":1}', b'{"format":1,"timestamp":5,"files":[]}', b"\xff\xfe":
            with self.subTest(text):
                self.refuse_manifest(lambda _, text=text: text, "manifest.json")

    def test_a_manifest_that_is_too_deep(self):
        self.refuse_manifest(lambda manifest: manifest.update(deep=json.loads("[" * 70 + "]" * 70)), "manifest.json")

    def test_a_manifest_that_is_too_large(self):
        self.refuse_manifest(lambda manifest: manifest.update(padding="x" * (17 * MIB)), "manifest.json has more than 16 MiB")

    def test_a_service_that_is_no_service(self):
        def nothing(manifest):
            del manifest["config"]

        def runtime(manifest):
            manifest["config"]["provider"]["runtime"] = "nodejs20.x"

        def outside(manifest):
            manifest["config"]["functions"]["quote"]["handler"] = "../../quote.handler"

        def elsewhere(manifest):
            manifest["config"]["functions"]["quote"]["handler"] = "dist/other.handler"

        def somebody(manifest):
            manifest["config"]["service"] = "bakery"

        for change, message in ((nothing, "config are not understood"), (runtime, "nodejs20.x"), (outside, "a path without .."), (elsewhere, "dist/other.so is not in"),
                                (somebody, "the address says")):
            with self.subTest(message):
                self.setUp()
                self.refuse_manifest(change, message)

    def test_digests_that_are_none(self):
        for digest in None, "", "0" * 63, "0" * 64, 7:
            with self.subTest(digest):
                self.refuse_manifest(lambda manifest, digest=digest: manifest["files"][QUOTE].update(sha256=digest),
                                     QUOTE + " is not what the manifest says")


class Taken(unittest.TestCase):
    def test_what_all_of_these_began_with(self):
        """The same artefact without a trick is deployed: the refusals are about the tricks."""
        deployer = Deployer()
        self.addCleanup(deployer.close)
        server = Server().start()
        self.addCleanup(server.stop)
        deployer.introduce(server)
        content, stamp = Releases(deployer).make(2)
        artefact = Artefact(content)
        artefact.files["data/prices.txt"] = b"1\n"
        status, answer = deployer.put(server, artefact.build(), stamp)
        self.assertEqual(status, 201, answer)


def found_below(folder, name):
    return [where for where, folders, files in os.walk(folder) if name in folders + files]


if __name__ == "__main__":
    unittest.main()
