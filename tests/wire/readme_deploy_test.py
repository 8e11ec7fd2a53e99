# SPDX-License-Identifier: MIT
"""The README's "Deploying", followed by the letter: each of its commands, in the directory it names, with what it promises."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, SOURCE, free_port, wait_until  # noqa: E402


def section(title):
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as file:
        text = file.read()
    text = text[text.index("### " + title):]
    return text[:text.index("\n### ", 1)]


class Deploying(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="interlude-readme-")
        self.addCleanup(shutil.rmtree, self.folder)
        for name in "server", "shop", "home", "bin":
            os.mkdir(os.path.join(self.folder, name))
        os.symlink(os.path.abspath(INTERLUDE), os.path.join(self.folder, "bin/interlude"))
        self.port = free_port()
        self.env = dict(os.environ, HOME=os.path.join(self.folder, "home"), PORT=str(self.port), NO_COLOR="1",
                        PATH=os.path.join(self.folder, "bin") + ":" + os.environ["PATH"])
        for name, content in re.findall(r"\*\*([\w.]+)\*\*[,:]\n\n```\w+\n(.*?)```", section("A service: from an empty directory"), re.S):
            with open(os.path.join(self.folder, "shop", name), "w", encoding="utf-8") as file:
                file.write(content)
        blocks = re.findall(r"```sh\n(.*?)```", section("Deploying"), re.S)
        self.lines = [re.split(r"  +#", line)[0] for block in blocks for line in block.splitlines()]

    def start(self, line, where):
        return subprocess.Popen(line.replace("localhost:3000", "localhost:%d" % self.port), shell=True, cwd=os.path.join(self.folder, where),
                                env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def type(self, begin, where="shop", code=0, **words):
        """The next line of the README, which begins so: what it printed."""
        line = self.lines.pop(0)
        self.assertTrue(line.startswith(begin), line)
        for name, word in words.items():
            line = line.replace(name.replace("_", "-"), word)
        process = self.start(line, where)
        out, said = process.communicate(timeout=120)
        self.assertEqual(process.returncode, code, line + "\n" + out + said)
        return out if code == 0 else out + said

    def price(self, text, count):
        self.assertEqual(json.loads(text), {"item": "tea", "price": count, "currency": "EUR"})

    def is_answering(self):
        return subprocess.run(["curl", "-sf", "http://localhost:%d/readyz" % self.port], capture_output=True, check=False).returncode == 0

    def serve(self):
        line = self.lines.pop(0)
        self.assertEqual(line, "interlude start")
        server = self.start("exec " + line, "server")
        self.addCleanup(server.communicate)
        self.addCleanup(server.terminate)
        wait_until(self.is_answering, "the server")

    def test_from_two_directories_to_a_roll_back(self):
        self.type("interlude org add acme", "server")
        self.serve()
        key = re.search(r"^Public key: (\S+)$", self.type("interlude login"), re.M).group(1)
        self.type("interlude keys add-deployer ada", "server", PUBLIC_KEY=key)
        self.assertIn("/fn/shop/staging/quote/{item}", self.type("interlude deploy -s staging"))
        self.price(self.type("curl"), 24)
        self.type("interlude deploy -s prod")
        self.type("sed")
        self.type("interlude deploy -s prod")
        self.price(self.type("curl"), 30)
        self.assertIn("quote: shop-prod-quote", self.type("interlude info -s prod"))
        self.break_it()
        self.type_watched()
        self.go_back()
        self.assertEqual(self.lines, [])

    def ask(self, stage, count):
        text = subprocess.run(["curl", "-s", "-X", "POST", "http://localhost:%d/fn/shop/%s/quote/tea?count=%d" % (self.port, stage, count)],
                              capture_output=True, text=True, check=True).stdout
        return json.loads(text)["price"]

    def break_it(self):
        self.type("sed")
        self.assertIn("quote.c does not compile", self.type("interlude deploy -s prod", code=1))
        self.type("sed")
        self.type("echo")
        self.type("sed")
        said = self.type("interlude deploy -s prod", code=1)
        self.assertIn("POST /quote/tea", said)
        self.assertIn("500", said)
        self.assertEqual((self.ask("staging", 2), self.ask("prod", 2)), (24, 30))

    def type_watched(self):
        """The deployment waits in one terminal, requests come from the other."""
        self.type("sed")
        before = self.live("prod")
        line = self.lines.pop(0)
        self.assertTrue(line.startswith("interlude deploy -s prod"), line)
        deployment = self.start(line, "shop")
        wait_until(lambda: self.live("prod") != before, "the version that is wrong with ten")
        self.type("for i in")
        out, said = deployment.communicate(timeout=60)
        self.assertEqual(deployment.returncode, 1, out + said)
        self.assertIn("5xx", out + said)
        self.assertEqual(self.live("prod"), before)
        self.assertEqual(self.ask("prod", 10), 150)

    def deployments(self, stage):
        done = subprocess.run([INTERLUDE, "deploy", "list", "-s", stage, "--json"], cwd=os.path.join(self.folder, "shop"), env=self.env,
                              capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["deployments"]

    def live(self, stage):
        return [item["timestamp"] for item in self.deployments(stage) if item["isLive"]]

    def go_back(self):
        listed = self.type("interlude deploy list -s prod")
        oldest = re.findall(r"^Timestamp: (\d+)$", listed, re.M)[-1]
        self.type("interlude rollback -s prod", TIMESTAMP=oldest)
        self.assertEqual(self.ask("prod", 2), 24)
        self.type("interlude remove -s staging")
        self.assertEqual(self.deployments("staging"), [])


if __name__ == "__main__":
    unittest.main()
