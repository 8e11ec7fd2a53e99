# SPDX-License-Identifier: MIT
"""interlude print of the example of the specification, and interlude package: same bytes, right files, no tricks."""
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLE = os.path.join(HERE, "service_example")
INTERLUDE = os.environ["INTERLUDE"]
ENV = {"PATH": os.environ["PATH"], "LEGACY_KEY": "legacy-key-0123456789", "HOME": "/nonexistent"}

SOURCE = """#include <interlude.h>
static il_status handler(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 200, "text/plain", "hi", 2);
}
IL_FUNCTION(handler);
"""
SERVICE = """service: shop
provider: { name: interlude }
package: { patterns: %s }
functions: { quote: { handler: dist/quote.handler } }
"""


def interlude(folder, *args, env=None):
    return subprocess.run([INTERLUDE, *args], cwd=folder, env=env or ENV, capture_output=True, encoding="utf-8",
                          timeout=120, check=False)


def put(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)

ACTION = """// link: -lm
#include <interlude.h>
#include <math.h>
static il_status refund(il_ctx *ctx)
{
    volatile double nine = 9;
    return il_return(ctx, { "three", IL_N(sqrt(nine)) });
}
IL_ACTION(refund);
"""


class Package(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="interlude-package-")
        self.addCleanup(shutil.rmtree, self.folder)

    def service(self, patterns="[]", source=SOURCE):
        put(self.folder, "serverless.yml", SERVICE % patterns)
        put(self.folder, "dist/quote.c", source)

    def package(self, *args, folder=None, fails=None, env=None):
        done = interlude(folder or self.folder, "package", *args, env=env)
        if fails is None:
            self.assertEqual(done.returncode, 0, done.stderr)
        else:
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(fails, done.stderr)
        return done

    def artefact(self, folder=None):
        with open(os.path.join(folder or self.folder, ".interlude/shop-dev.tgz"), "rb") as file:
            return file.read()

    def entries(self):
        with tarfile.open(fileobj=io.BytesIO(self.artefact())) as archive:
            return {entry.name: (entry, archive.extractfile(entry).read()) for entry in archive.getmembers()}

    def test_print(self):
        with open(os.path.join(EXAMPLE, "print.yml"), encoding="utf-8") as file:
            self.assertEqual(interlude(EXAMPLE, "print").stdout, file.read())
        whole = json.loads(interlude(EXAMPLE, "print", "--format", "json").stdout)
        self.assertEqual(whole["package"]["patterns"], ["!**", "dist/**", "config/dev.json"])
        self.assertEqual(interlude(EXAMPLE, "print", "--path", "functions", "--transform", "keys", "--format",
                                   "text").stdout, "quote\nnightly\nthumbs\n")
        self.assertEqual(interlude(EXAMPLE, "print", "-s", "prod", "--path", "package.patterns.2", "--format",
                                   "text").stdout, "config/prod.json\n")
        put(self.folder, "serverless.yml", interlude(EXAMPLE, "print").stdout)  # what was printed reads the same
        self.assertEqual(json.loads(interlude(self.folder, "print", "--format", "json").stdout), whole)
        for path, wrong in (("nothing", "nothing in"), ("functions.qoute.handler", "functions.qoute in serverless.yml; did you mean quote"),
                            ("package.patterns.9", "package.patterns.9 in")):
            done = interlude(EXAMPLE, "print", "--path", path)
            self.assertEqual(done.returncode, 1)
            self.assertIn("there is no " + wrong, done.stderr)

    def test_what_is_no_file_is_refused_at_once(self):
        os.mkfifo(os.path.join(self.folder, "pipe.yml"))
        os.mkdir(os.path.join(self.folder, "folder.yml"))
        os.symlink("loop.yml", os.path.join(self.folder, "loop.yml"))
        put(self.folder, "serverless.yml", SERVICE % "[]" + "custom: [ '${file(pipe.yml)}', '${file(folder.yml), 1}', "
            "'${file(loop.yml), 1}' ]\n")
        done = interlude(self.folder, "print")
        self.assertEqual(done.returncode, 1)
        for name in ("pipe", "folder", "loop"):
            self.assertIn("%s.yml cannot be read: it must be a readable file" % name, done.stderr)
        os.unlink(os.path.join(self.folder, "serverless.yml"))
        os.mkfifo(os.path.join(self.folder, "serverless.yml"))
        self.assertIn("it is not a file", interlude(self.folder, "print").stderr)

    def test_what_is_printed_is_read_the_same_by_tools_of_yaml_1_1(self):
        put(self.folder, "serverless.yml", SERVICE % "[]" + "custom: { a: yes, b: 'No', c: 007, d: 12:30, e: 2026-11-21, "
            "f: 1_000, g: 10.0.0.1, h: v1, i: 3.11 }\n")
        self.assertEqual(interlude(self.folder, "print", "--path", "custom").stdout,
                         "a: 'yes'\nb: 'No'\nc: '007'\nd: '12:30'\ne: '2026-11-21'\nf: '1_000'\ng: 10.0.0.1\nh: v1\ni: 3.11\n")
        self.assertEqual(interlude(EXAMPLE, "print", "--format", "xml").returncode, 2)
        self.assertEqual(interlude(EXAMPLE, "print", "--param", "x").returncode, 2)

    def test_manifest(self):
        self.service("['!**', 'dist/**', 'config/**']")
        put(self.folder, "config/a.json", "{}")
        put(self.folder, ".env", "SECRET=1")
        os.chmod(os.path.join(self.folder, "config/a.json"), 0o777)
        self.package()
        entries = self.entries()
        self.assertEqual(list(entries), ["manifest.json", "config/a.json", "dist/quote.c", "dist/quote.so"])
        manifest = json.loads(entries["manifest.json"][1])
        self.assertEqual([manifest[key] for key in ("format", "service", "stage")], [1, "shop", "dev"])
        self.assertEqual(manifest["functions"]["quote"]["symbol"], "handler")
        self.assertEqual(manifest["functions"]["quote"]["abi"], 1)
        self.assertEqual(manifest["config"]["provider"]["stage"], "dev")
        self.assertTrue(manifest["built"]["cc"] and manifest["built"]["glibc"] and manifest["built"]["arch"])
        for name, said in manifest["files"].items():
            entry, content = entries[name]
            self.assertEqual((said["sha256"], said["size"]), (hashlib.sha256(content).hexdigest(), len(content)))
            self.assertEqual((entry.uid, entry.gid, entry.mtime), (0, 0, 0))
            self.assertEqual(entry.mode, 0o755 if name == "config/a.json" else 0o644)

    def test_same_bytes(self):
        self.service()
        self.package()
        first = self.artefact()
        self.assertEqual(first[4:8], b"\0\0\0\0")  # gzip's own time
        self.package()
        self.assertEqual(first, self.artefact())
        other = tempfile.mkdtemp(prefix="interlude-other-")
        self.addCleanup(shutil.rmtree, other)
        shutil.copytree(os.path.join(self.folder, "dist"), os.path.join(other, "dist"))
        shutil.copy(os.path.join(self.folder, "serverless.yml"), other)
        env = dict(ENV, SOURCE_DATE_EPOCH="1795219350")
        shutil.rmtree(os.path.join(self.folder, ".interlude"))
        self.package(env=env)
        self.package(folder=other, env=env)  # other place, other time stamps
        self.assertEqual(gzip.decompress(self.artefact()), gzip.decompress(self.artefact(other)))
        self.assertEqual(self.artefact(), self.artefact(other))
        put(self.folder, "new.txt", "x")
        self.package()
        self.assertNotEqual(self.artefact(), self.artefact(other))

    def test_own_object_goes_before(self):
        self.service()
        os.rename(os.path.join(self.folder, "serverless.yml"), os.path.join(self.folder, "other.yml"))
        self.package("-c", "other.yml")
        self.assertNotIn("other.yml", self.entries())
        self.service()
        self.package()
        built = os.path.join(self.folder, ".interlude/build/dist/quote.so")
        shutil.copy(built, os.path.join(self.folder, "dist/quote.so"))
        put(self.folder, "dist/quote.c", "this does not compile")
        os.utime(os.path.join(self.folder, "dist/quote.c"), (1, 1))
        self.package()
        os.utime(os.path.join(self.folder, "dist/quote.c"))
        self.package(fails="dist/quote.c does not compile")

    def test_refused_modules(self):
        self.service(source=SOURCE.replace("handler", "other"))
        self.package(fails="functions.quote: dist/quote.so has no function handler (it has: other)")
        self.service(source="int handler(void); int handler(void) { return 1; }\n")
        self.package(fails="it exports no interlude_module")
        os.unlink(os.path.join(self.folder, "dist/quote.c"))
        self.package(fails="there is neither dist/quote.so nor dist/quote.c")
        for content in ("", "text", "\x7fELF", "\x7fELF\x02\x01\x01" + "\0" * 60):
            put(self.folder, "dist/quote.so", content)
            self.package(fails="functions.quote: dist/quote.so: it is")
        self.service()
        self.package()
        with open(os.path.join(self.folder, ".interlude/build/dist/quote.so"), "rb") as file:
            whole = file.read()
        os.unlink(os.path.join(self.folder, "dist/quote.c"))
        with open(os.path.join(self.folder, "dist/quote.so"), "wb") as file:
            file.write(whole[:len(whole) // 2])
        self.package(fails="dist/quote.so: it is cut off")

    def test_target(self):
        self.service()
        self.package("--target", "lambda")
        self.service(source=SOURCE.replace("(void)req;", "(void)req; if (arc4random() == 7) return IL_FAILED;").replace(
            "#include <interlude.h>", "#include <interlude.h>\n#include <stdlib.h>"))
        done = interlude(self.folder, "package")
        if "arc4random" in done.stderr:
            self.skipTest("an older libc")
        self.package("--target", "lambda", fails="dist/quote.so needs arc4random@GLIBC_2.36, AWS Lambda has 2.34")
        self.assertEqual(interlude(self.folder, "package", "--target", "moon").returncode, 2)

    def test_patterns(self):
        self.service("['!docs/**', 'docs/keep.md', '!**/*.c', '!{a,b}.txt', '!x?.bin', '!y[0-9].bin']")
        for name in ("docs/a.md", "docs/deep/b.md", "docs/keep.md", "a.txt", "b.txt", "c.txt", "x1.bin", "x12.bin",
                     "y3.bin", "yz.bin", ".hidden", ".git/config", ".gitignore", ".env.prod", "sub/.DS_Store"):
            put(self.folder, name, name)
        self.package()
        self.assertEqual(sorted(set(self.entries()) - {"manifest.json"}),
                         [".hidden", "c.txt", "dist/quote.so", "docs/keep.md", "x12.bin", "yz.bin"])

    def test_tricks(self):
        self.service()
        put(self.folder, "real.txt", "x")
        os.symlink("real.txt", os.path.join(self.folder, "inside"))
        os.symlink("/etc", os.path.join(self.folder, "folder"))
        os.mkfifo(os.path.join(self.folder, "fifo"))
        self.package()
        names = set(self.entries())
        self.assertIn("inside", names)
        self.assertTrue(self.entries()["inside"][0].isreg())
        self.assertFalse({"folder", "fifo"} & names or any(name.startswith("folder/") for name in names))
        os.symlink("/etc/passwd", os.path.join(self.folder, "outside"))
        self.package(fails="outside is a link that leads out of the directory")
        os.unlink(os.path.join(self.folder, "outside"))
        put(self.folder, "bad\nname", "x")
        self.package(fails="a name with control characters")

    def test_made_before(self):
        """package.artifact, and what somebody could put into one."""
        self.service()
        self.package()
        made = self.entries()
        stale = "package: { artifact: made.tgz }\n"
        put(self.folder, "serverless.yml", (SERVICE % "[]").replace("package: { patterns: [] }\n", stale))
        so, manifest = made["dist/quote.so"][1], made["manifest.json"][1]

        def refuse(entries, reason):
            with tarfile.open(os.path.join(self.folder, "made.tgz"), "w:gz") as archive:
                for name, content in entries:
                    entry = tarfile.TarInfo(name)
                    if isinstance(content, tuple):
                        entry.type, entry.linkname = content
                        archive.addfile(entry)
                    else:
                        entry.size = len(content)
                        archive.addfile(entry, io.BytesIO(content))
            done = self.package(fails=reason) if reason else self.package()
            self.assertNotIn("Sanitizer", done.stderr)

        whole = [(name, content) for name, (_, content) in made.items()]
        others = [one for one in whole[1:] if one[0] != "dist/quote.so"]
        refuse(whole, None)
        refuse(whole[1:] + whole[:1], "manifest.json must be the first file")
        refuse([], "it is no package")
        refuse(whole[:-1], "is missing in the package")
        refuse(whole + [("more", b"x")], "more is there twice, or not in the manifest")
        refuse(whole + whole[-1:], "is there twice, or not in the manifest")
        refuse(whole[:1] + others + [("dist/quote.so", so[:-1] + b"!")], "dist/quote.so is not what the manifest says")
        for name in ("../x", "/x", "a/../../x", "a//x", "./x", "a\\x", "a\nx"):
            refuse(whole + [(name, b"")], "a file has a name that cannot be")
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            refuse(whole[:1] + [("dist/link", (kind, "/etc/passwd"))], "is not an ordinary file")
        for old, new, reason in ((b'"format":1', b'"format":2', "format 1 only"),
                                 (b'"service":"shop"', b'"service":"", "x":1', "cannot be the name of a service"),
                                 (b'"handler":"dist/', b'"handler":"../', "must lie below the directory"),
                                 (b'dist/quote.handler', b'dist/quote.other', "has no function other"),
                                 (b'dist/quote.handler', b'dist/none.handler', "dist/none.so is not in the package"),
                                 (b"{", b"", "manifest.json: invalid JSON"), (b'"stage":"dev"', b'"stage":"qa"', "for stage qa")):
            self.assertIn(old, manifest)
            refuse([("manifest.json", manifest.replace(old, new))] + whole[1:], reason)
        with open(os.path.join(self.folder, "made.tgz"), "wb") as file:
            file.write(self.artefact()[:-20])
        self.package(fails="truncated gzip input")

    def test_routes(self):
        """Actions and pages beside the functions: compiled, listed in the manifest, checked like handlers."""
        self.service("['!routes/**']")
        put(self.folder, "routes/refund.c", ACTION)
        put(self.folder, "routes/users/index.c", ACTION)
        put(self.folder, "routes/notes.txt", "not a route")
        put(self.folder, "routes/.hidden/x.c", "no")
        shown = self.package().stdout
        self.assertIn("shop/dev/refund  routes/refund.so", shown)
        self.assertIn("shop/dev/users   routes/users/index.so", shown)
        entries = self.entries()
        self.assertEqual(list(entries), ["manifest.json", "dist/quote.c", "dist/quote.so", "routes/refund.so",
                                         "routes/users/index.so"])
        manifest = json.loads(entries["manifest.json"][1])
        self.assertEqual(manifest["routes"], {name: {"sha256": manifest["files"][name]["sha256"], "abi": 1}
                                              for name in ("routes/refund.so", "routes/users/index.so")})
        first = self.artefact()
        self.package()
        self.assertEqual(first, self.artefact())
        put(self.folder, "routes/users.c", ACTION)
        self.package(fails="routes/users.so and routes/users/index.so have the same slug 'shop/dev/users'")
        os.unlink(os.path.join(self.folder, "routes/users.c"))
        put(self.folder, "routes/a b.c", ACTION)
        self.package(fails="routes/a b.so: its path makes no valid slug")
        os.rename(os.path.join(self.folder, "routes/a b.c"), os.path.join(self.folder, "routes/b.c"))
        put(self.folder, "routes/b.c", "this does not compile")
        self.package(fails="routes/b.c does not compile")
        put(self.folder, "routes/b.c", "int b(void); int b(void) { return 1; }\n")
        self.package(fails="routes/b.so: it exports no interlude_module")
        os.unlink(os.path.join(self.folder, "routes/b.c"))
        os.symlink("/etc/passwd", os.path.join(self.folder, "routes/c.so"))
        self.package(fails="routes/c.so is a link that leads out of the directory")

    def test_routes_settings(self):
        put(self.folder, "tools/refund.c", ACTION)
        put(self.folder, "tools/quote.c", SOURCE)
        settings = "service: shop\nprovider: { name: interlude }\ncustom: { interlude: { %s } }\n"
        handler = "functions: { quote: { handler: tools/quote.handler } }\n"
        put(self.folder, "serverless.yml", settings % "routes: ./tools/, routesPrefix: ''" + handler)
        self.assertIn("\nrefund  tools/refund.so", self.package().stdout)  # a handler's file is that function
        put(self.folder, "serverless.yml", settings % "routes: tools, routesPrefix: back/office")
        self.assertIn("back/office/quote   tools/quote.so", self.package().stdout)
        put(self.folder, "serverless.yml", settings % "routes: false" + handler)
        self.package()
        self.assertNotIn("tools/refund.so", self.entries())
        self.assertNotIn(b'"routes":{', self.entries()["manifest.json"][1])
        put(self.folder, "serverless.yml", settings % "routes: tools" + handler)
        self.package("--target", "lambda")
        self.assertNotIn("tools/refund.so", self.entries())

    def test_refused_routes(self):
        """What somebody could write into the manifest."""
        self.service()
        put(self.folder, "routes/refund.c", ACTION)
        self.package()
        made = self.entries()
        put(self.folder, "serverless.yml",
            (SERVICE % "[]").replace("package: { patterns: [] }\n", "package: { artifact: made.tgz }\n"))
        manifest = json.loads(made["manifest.json"][1])
        for routes, reason in (({"routes/none.so": {}}, "routes: routes/none.so is not in the package"),
                               ({"dist/quote.so": {}}, "dist/quote.so: its path makes no valid slug"),
                               ({"dist/quote.c": {}}, "dist/quote.c: its path makes no valid slug"),
                               ({"routes/refund.so": {}}, None)):
            text = json.dumps(dict(manifest, routes=routes)).encode()
            with tarfile.open(os.path.join(self.folder, "made.tgz"), "w:gz") as archive:
                for name, (_, content) in dict(made, **{"manifest.json": (None, text)}).items():
                    entry = tarfile.TarInfo(name)
                    entry.size = len(content)
                    archive.addfile(entry, io.BytesIO(content))
            self.package(fails=reason)

    def test_build_settings(self):
        put(self.folder, "serverless.yml", SERVICE % "[]" +
            "custom: { interlude: { build: { cflags: [-DANSWER=handler], libs: [-lm] } } }\n")
        put(self.folder, "dist/quote.c", SOURCE.replace("handler", "ANSWER").replace(
            "IL_FUNCTION(ANSWER)", "static const il_route all[] = { IL_ROUTE_FUNCTION(\"q\", handler) }; IL_MODULE(all)"))
        self.package()
        put(self.folder, "serverless.yml", SERVICE % "[]" + "custom: { interlude: { build: { command: exit 3 } } }\n")
        self.package(fails="custom.interlude.build.command failed")


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
