# SPDX-License-Identifier: MIT
"""The service of the README, followed by the letter: its files, its requests, the callback in its log."""
import json
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, SOURCE, Server, wait_until  # noqa: E402



class ReadmeTest(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as file:
            text = file.read()
        text = text[text.index("### A service: from an empty directory to a callback"):]
        text = text[:text.index("\n### ", 1)]
        blocks = re.findall(r"\*\*([\w.]+)\*\*[,:]\n\n```\w+\n(.*?)```", text, re.S)
        self.assertEqual([name for name, _ in blocks], ["serverless.yml", "quote.c", "inbox.c"])
        for name, content in blocks:
            with open(os.path.join(self.server.directory, name), "w", encoding="utf-8") as file:
                file.write(content)
        self.commands = re.search(r"```sh\n(.*?)```", text, re.S).group(1).replace("\\\n", " ")
        os.rmdir(self.server.routes)

    def tearDown(self):
        self.server.stop()

    def run_command(self, begin):
        """One line of the README, at the port of this server."""
        line = next(line for line in self.commands.splitlines() if line.startswith(begin)).split("  #")[0]
        line = line.replace("localhost:3000", "localhost:%d" % self.server.port).replace("interlude ", INTERLUDE + " ", 1 if begin.startswith("interlude") else 0)
        done = subprocess.run(line, shell=True, cwd=self.server.directory, capture_output=True, text=True, check=False, timeout=60,
                              env=dict(os.environ, PORT=str(self.server.port), INTERLUDE_URL="http://localhost:%d" % self.server.port))
        self.assertEqual(done.returncode, 0, line + "\n" + done.stdout + done.stderr)
        return done.stdout

    def test_from_an_empty_directory_to_a_callback(self):
        self.server.start()
        wait_until(lambda: "shop-dev-quote" in self.server.log(), lambda: "the service; log:\n" + self.server.log())
        price = wait_until(lambda: self.run_command("curl -X"), "an answer")
        self.assertEqual(json.loads(price), {"item": "tea", "price": 24, "currency": "EUR"})
        self.assertRegex(self.run_command("curl -i"), r"^HTTP/1.1 202 Accepted\r?\n")
        wait_until(lambda: "quote answered 200: " + price in self.run_command("interlude logs"), lambda: "the callback; log:\n" + self.server.log())


if __name__ == "__main__":
    unittest.main()
