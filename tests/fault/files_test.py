# SPDX-License-Identifier: MIT
"""What people do to a routes directory: things that are no modules, renames, removing all of it, a thousand files at once."""
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import ROUTES, Browser, Server, wait_until  # noqa: E402

MODULES_AT_ONCE = int(os.environ.get("MODULES_AT_ONCE", "1000"))


class Files(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.server.drop(os.path.join(ROUTES, "hello.so"))
        self.server.start()
        self.server.wait_live("hello")
        self.browser = Browser(self.server)

    def tearDown(self):
        self.browser.close()
        self.server.stop()

    def path(self, name):
        return os.path.join(self.server.routes, name)

    def assert_works(self, slug="hello"):
        run = self.browser.begin(slug)
        _, render = self.browser.render()
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        self.assertEqual(self.browser.completed(), ("SUCCESS", {"greeting": "Hello, Ada"}))

    def problem(self, file):
        return wait_until(lambda: next((p for p in self.server.problems() if p["file"] == file), None),
                          lambda: "a problem of %s; log:\n%s" % (file, self.server.log()[-2000:]))

    def test_what_is_no_module(self):
        os.mkdir(self.path("directory.so"))
        os.mkfifo(self.path("fifo.so"))
        os.symlink("/etc/hostname", self.path("outside.so"))
        os.symlink("nowhere.so", self.path("dangling.so"))
        os.symlink("loop.so", self.path("loop.so"))
        with open(self.path("huge.so"), "wb") as file:
            file.truncate(1 << 33)
        self.assertIn("at most", self.problem("huge.so")["message"])
        self.server.drop_bytes(b"text", "a name with blanks.so")
        self.problem("a name with blanks.so")
        self.server.drop_bytes(b"text", "x" * 240 + ".so")
        self.problem("x" * 240 + ".so")
        os.symlink("hello.so", self.path("link.so"))
        self.server.wait_live("link")
        self.assertEqual(set(self.server.live()), {"hello", "link"})
        self.assert_works()

    def test_names_that_are_not_utf8(self):
        with open(os.path.join(os.fsencode(self.server.routes), b"caf\xe9.so"), "wb") as file:
            file.write(b"text")
        wait_until(lambda: self.server.problems(), "the problem, as valid JSON")
        self.assert_works()

    def test_module_that_may_not_be_read(self):
        if os.geteuid() == 0:
            self.skipTest("root reads everything")
        shutil.copy(os.path.join(ROUTES, "hello.so"), self.path("secret.so"))
        os.chmod(self.path("secret.so"), 0)
        self.problem("secret.so")

    def test_renamed_while_somebody_is_in_it(self):
        run = self.browser.begin("hello")
        _, render = self.browser.render()
        os.rename(self.path("hello.so"), self.path("moved.so"))
        wait_until(lambda: set(self.server.live()) == {"moved"}, "the new name alone to be live")
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        self.assertEqual(self.browser.completed(), ("SUCCESS", {"greeting": "Hello, Ada"}))
        self.assert_works("moved")

    def test_directory_removed_and_made_again(self):
        run = self.browser.begin("hello")
        _, render = self.browser.render()
        for _ in range(3):
            shutil.rmtree(self.server.routes)
            wait_until(lambda: not self.server.live(), "everything to be gone")
            os.mkdir(self.server.routes)
            self.server.drop(os.path.join(ROUTES, "hello.so"))
            self.server.wait_live("hello")
        os.rename(self.server.routes, self.server.routes + ".away")
        wait_until(lambda: not self.server.live(), "everything to be gone")
        os.rename(self.server.routes + ".away", self.server.routes)
        self.server.wait_live("hello")
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        self.assertEqual(self.browser.completed(), ("SUCCESS", {"greeting": "Hello, Ada"}))
        self.assert_works()

    def test_many_at_once_and_stop_in_the_middle(self):
        with open(os.path.join(ROUTES, "hello.so"), "rb") as file:
            content = file.read()
        os.mkdir(self.path("many"))
        for number in range(MODULES_AT_ONCE):
            self.server.drop_bytes(content + b"%d" % number, "many/m%d.so" % number)
        self.assert_works()
        wait_until(lambda: sum(slug.startswith("many/") for slug in self.server.live()) == MODULES_AT_ONCE, "all to be live", 120)
        self.assertEqual(self.server.problems(), [])
        shutil.rmtree(self.path("many"))
        for number in range(MODULES_AT_ONCE):
            self.server.drop_bytes(content + b"again %d" % number, "many/m%d.so" % number)
        self.assert_works()  # and tearDown stops it while it stages and probes

    def test_stopped_while_a_module_hangs_in_its_probe(self):
        self.server.drop("hang_in_constructor")
        wait_until(lambda: self.server.runners("probe"), "the probe to begin")
        self.server.kill()
        wait_until(lambda: not self.server.runners("probe"), "the probe to be gone")
        self.server.start()
        self.problem("hang_in_constructor.so")


if __name__ == "__main__":
    unittest.main(verbosity=2)
