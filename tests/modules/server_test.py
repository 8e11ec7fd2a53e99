# SPDX-License-Identifier: MIT
"""Bad module files and bad routes in a running server: refused or contained, told in words, and nothing else notices."""
import errno
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import MODULES, ROUTES, Browser, Server, wait_until  # noqa: E402


def module_bytes(name):
    with open(os.path.join(MODULES, name + ".so"), "rb") as file:
        return file.read()


class ServerTest(unittest.TestCase):
    ENVIRONMENT = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(**cls.ENVIRONMENT)
        cls.server.drop(os.path.join(ROUTES, "hello.so"))
        cls.server.start()
        cls.pid = cls.server.process.pid

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.browser = Browser(self.server)

    def tearDown(self):
        self.browser.close()
        self.assertIsNone(self.server.process.poll(), self.server.log()[-3000:])

    def problem(self, file):
        return wait_until(lambda: next((p for p in self.server.problems() if p["file"] == file), None),
                          lambda: "a problem of %s; log:\n%s" % (file, self.server.log()[-2000:]))

    def assert_hello_works(self):
        run = self.browser.begin("hello")
        transaction, render = self.browser.render()
        self.assertEqual(transaction, run)
        self.assertTrue(self.browser.answer(run, render, ["Ada"]))
        self.assertEqual(self.browser.completed(), ("SUCCESS", {"greeting": "Hello, Ada"}))


class BadFiles(ServerTest):
    def assert_refused(self, content, *words):
        self.server.drop_bytes(content, "bad.so")
        message = self.problem("bad.so")["message"]
        for word in words:
            self.assertIn(word, message)
        self.assertIn("bad.so", message)
        self.assertNotIn("bad", self.server.live())
        self.server.remove("bad.so")
        wait_until(lambda: not self.server.problems(), "the problem to go with its file")
        self.assert_hello_works()

    def test_empty(self):
        self.assert_refused(b"", "empty")

    def test_text(self):
        self.assert_refused(b"int main(void) { return 0; }\n", "ELF")

    def test_truncated(self):
        self.assert_refused(module_bytes("echo")[:4000])

    def test_wrong_architecture(self):
        content = bytearray(module_bytes("echo"))
        content[18:20] = b"\xb7\x00"  # EM_AARCH64
        self.assert_refused(bytes(content), "ARM")

    def test_wrong_abi(self):
        self.assert_refused(module_bytes("wrong_abi"), "ABI")

    def test_no_symbol(self):
        self.assert_refused(module_bytes("no_symbol"), "interlude_module")

    def test_crash_in_constructor(self):
        self.assert_refused(module_bytes("crash_in_constructor"), "SIG")

    def test_bad_version_keeps_the_good_one(self):
        self.server.drop(os.path.join(ROUTES, "hello.so"), "kept.so")
        self.server.wait_live("kept")
        self.server.drop_bytes(b"not a module", "kept.so")
        self.assertTrue(self.problem("kept.so")["stillServing"])
        self.browser.begin("kept")
        self.browser.render()
        self.server.remove("kept.so")
        wait_until(lambda: not self.server.problems(), "the problem to go")

    def test_overwritten_in_place_while_it_runs(self):
        self.server.drop(os.path.join(ROUTES, "hello.so"), "inplace.so")
        self.server.wait_live("inplace")
        run = self.browser.begin("inplace")
        _, render = self.browser.render()
        with open(os.path.join(self.server.routes, "inplace.so"), "r+b") as file:
            file.truncate(0)
            file.write(b"garbage" * 1000)
        self.problem("inplace.so")
        self.assertTrue(self.browser.answer(run, render, ["Bob"]))
        self.assertEqual(self.browser.completed(), ("SUCCESS", {"greeting": "Hello, Bob"}))
        self.server.remove("inplace.so")
        wait_until(lambda: not self.server.problems(), "the problem to go")

    def test_copy_that_a_power_cut_left(self):
        """Its size is right and its content is not: it never got its final mode, so it is made again."""
        content = module_bytes("steps")
        self.server.drop_bytes(content, "cut.so")
        self.server.wait_live("cut")
        folder = os.path.join(self.server.directory, ".interlude/modules")
        copy = wait_until(lambda: next((path for path in (os.path.join(folder, name) for name in os.listdir(folder))
                                        if open(path, "rb").read() == content), None), "the copy")
        wait_until(lambda: os.stat(copy).st_mode & 0o777 == 0o500, "the copy to be on the disk")
        os.chmod(copy, 0o600)
        with open(copy, "r+b") as file:
            file.write(bytes(len(content)))
        os.chmod(copy, 0o400)
        self.server.drop_bytes(content, "cut.so")
        wait_until(lambda: open(copy, "rb").read() == content, "the copy to be made again")
        self.server.remove("cut.so")
        wait_until(lambda: "cut" not in self.server.live(), "the module to go")

    def test_slug_clash(self):
        self.server.drop(os.path.join(ROUTES, "hello.so"), "twice.so")
        self.server.wait_live("twice")
        self.server.drop(os.path.join(ROUTES, "hello.so"), "twice/index.so")
        problem = self.problem("twice/index.so")
        self.assertEqual(problem["kind"], "clash")
        self.assertIn("twice.so", problem["message"])
        self.assertEqual(self.server.live()["twice"]["file"], "twice.so")
        self.server.remove("twice.so")
        wait_until(lambda: self.server.live().get("twice", {}).get("file") == "twice/index.so", "the other one to take over")
        self.server.remove("twice/index.so")
        wait_until(lambda: "twice" not in self.server.live(), "both to be gone")


class BadRoutes(ServerTest):
    ENVIRONMENT = {"RUNNER_MEMORY": "256MiB"}

    def crash(self, module, slug=None):
        """Runs a bad action beside a person in the middle of a good one; what the bad one's person is told."""
        bystander = Browser(self.server)
        run = bystander.begin("hello")
        _, render = bystander.render()
        self.server.drop(module)
        self.server.wait_live(slug or module)
        self.browser.begin(slug or module)
        status, data = self.browser.completed()
        self.assertEqual(status, "FAILURE")
        self.assertEqual(data["error"], "RouteCrashed")
        self.assertTrue(bystander.answer(run, render, ["Ada"]))
        self.assertEqual(bystander.completed(), ("SUCCESS", {"greeting": "Hello, Ada"}))
        bystander.close()
        self.server.remove(module + ".so")
        wait_until(lambda: (slug or module) not in self.server.live(), "the bad route to be gone")
        self.assertEqual(self.server.process.pid, self.pid)
        return data

    def assert_crash(self, module, signal, slug=None):
        data = self.crash(module, slug)
        self.assertEqual(data["signal"], signal)
        self.assertIn(signal, data["message"])
        self.assertIn(slug or module, data["message"])
        log = self.server.log()
        self.assertIn("%s.so" % module, log)
        self.assertIn(signal, log)

    def test_segv(self):
        self.assert_crash("segv", "SIGSEGV")

    def test_abort(self):
        self.assert_crash("abort", "SIGABRT", "call_abort")

    def test_double_free(self):
        self.assert_crash("double_free", "SIGABRT")

    def test_stack_overflow(self):
        self.assert_crash("stack_overflow", "SIGSEGV")

    def test_exit(self):
        self.assertIn("exit(", self.crash("exit", "call_exit")["message"])

    def test_eat_memory(self):
        self.assertIn("256 MiB", self.crash("eat_memory")["message"])

    def test_loop_is_stopped_by_a_person(self):
        self.server.drop("loop")
        self.server.wait_live("loop")
        run = self.browser.begin("loop")
        self.assert_other_person_works()
        _, busy = self.browser.next("HOST_BUSY", seconds=60)
        self.assertEqual(busy["transactionId"], run)
        self.assertGreaterEqual(busy["cpuSeconds"], 10)
        self.assertTrue(self.browser.call("STOP_TRANSACTION", {"transactionId": run}))
        status, data = self.browser.completed()
        self.assertEqual(status, "FAILURE")
        self.assertIn("stopped", data["message"])
        self.server.remove("loop.so")

    def assert_other_person_works(self):
        browser, self.browser = self.browser, Browser(self.server)
        self.assert_hello_works()
        self.browser.close()
        self.browser = browser

    def test_load_that_fails(self):
        message = self.crash("load_fails")["message"]
        self.assertIn("the table of orders is missing", message)

    def test_garbage_on_stdout_is_the_modules(self):
        self.server.drop("garbage_stdout")
        self.server.wait_live("garbage_stdout")
        self.browser.begin("garbage_stdout")
        self.browser.completed()
        wait_until(lambda: "garbage_stdout.so: " in self.server.log(), "its output in the log")
        self.assert_hello_works()
        self.server.remove("garbage_stdout.so")

    def test_signals_to_the_server_are_refused(self):
        self.server.drop("signal_server")
        self.server.wait_live("signal_server")
        status, body, _ = self.server.get("/fn/signal_server")
        self.assertEqual(status, 200)
        found = json.loads(body)
        for what in ("kill server", "kill group 0", "kill all", "tgkill server", "sigqueue server", "ptrace"):
            self.assertEqual(found[what], errno.EPERM, what)
        self.assertEqual(found["kill child"], 0)
        self.gone("signal_server.so", "signal_server")

    def test_function_that_crashes(self):
        self.server.drop("segv")
        self.server.drop(os.path.join(ROUTES, "ping.so"))
        self.server.wait_live("segv-function")
        self.server.wait_live("ping")
        for _ in range(3):
            status, body, headers = self.server.get("/fn/segv-function")
            self.assertEqual((status, json.loads(body)), (502, {"message": "Internal server error"}))
            self.assertTrue(headers["x-call-id"])
            self.assertEqual(self.server.request("POST", "/fn/ping", b"abc")[:2], (200, b"abc"))
        status, _, headers = wait_until(lambda: (lambda r: r if r[0] == 503 else None)(self.server.get("/fn/segv-function")),
                                        "the breaker to open")
        self.assertGreaterEqual(int(headers["retry-after"]), 1)
        self.gone("segv.so", "segv")

    def test_function_past_its_time_limit(self):
        self.server.drop("late")
        self.server.wait_live("late")
        self.assertEqual(self.server.get("/fn/late?ms=0")[:2], (200, b"here"))
        before = set(self.server.runners("late.so"))
        status, body, _ = self.server.get("/fn/late")
        self.assertEqual((status, json.loads(body)), (504, {"message": "Endpoint request timed out"}))
        self.assertEqual(self.server.get("/fn/late?ms=0")[:2], (200, b"here"))
        wait_until(lambda: not before & set(self.server.runners("late.so")), "the stuck process to be ended", 60)
        self.gone("late.so", "late")

    def test_function_edges(self):
        self.server.drop(os.path.join(ROUTES, "ping.so"))
        self.server.wait_live("ping")
        for path in "/fn/ping", "/function/ping":
            status, _, headers = self.server.get(path)
            self.assertEqual((status, headers["allow"]), (405, "POST"), path)
        self.assertEqual(self.server.get("/fn/nothing")[0], 404)
        self.server.drop("hidden")
        self.server.wait_live("hidden")
        self.assertEqual(self.server.get("/fn/hidden")[:2], (403, b'{"message":"Forbidden"}'))
        large = os.urandom(5 << 20)
        self.assertEqual(self.server.request("POST", "/fn/ping", large)[:2], (200, large))

    def test_threads_left_behind_do_not_stay(self):
        before = set(self.server.runners())
        self.server.drop("leave_threads")
        self.server.wait_live("leave_threads")
        self.browser.begin("leave_threads")
        self.browser.completed()
        self.server.remove("leave_threads.so")
        self.browser.close()
        wait_until(lambda: set(self.server.runners()) <= before, "its process to go", 60)
        self.browser = Browser(self.server)

    def test_breaker(self):
        self.server.drop("segv")
        self.server.wait_live("segv")
        for _ in range(3):
            self.browser.begin("segv")
            self.assertEqual(self.browser.completed()[1]["error"], "RouteCrashed")
        refused = self.browser.create("segv")
        self.assertEqual(refused["code"], "DISABLED")
        self.assertGreater(refused["retryAfterMs"], 0)
        self.assertEqual(self.server.live()["segv"]["status"], "DISABLED")
        wait_until(lambda: self.browser.create("segv")["type"] == "SUCCESS", "the trial to be allowed")
        self.gone("segv.so", "segv")

    def test_new_version_that_crashes_is_taken_back(self):
        self.server.drop(os.path.join(ROUTES, "hello.so"), "segv.so")
        wait_until(lambda: self.server.live().get("segv", {}).get("name") == "Hello", "the good version to be live")
        self.server.drop("segv")
        wait_until(lambda: self.server.live()["segv"]["name"] == "segv", "the new version to be live")
        self.browser.begin("segv")
        self.assertEqual(self.browser.completed()[1]["error"], "RouteCrashed")
        wait_until(lambda: self.server.live()["segv"]["name"] == "Hello", "the version before to be back")
        self.assertEqual(self.problem("segv.so")["kind"], "crash")
        self.browser.begin("segv")
        self.browser.render()
        self.gone("segv.so", "segv")

    def gone(self, file, slug):
        self.server.remove(file)
        wait_until(lambda: slug not in self.server.live(), "%s to be gone" % slug)


if __name__ == "__main__":
    unittest.main(verbosity=2)
