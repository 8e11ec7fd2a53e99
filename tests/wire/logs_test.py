# SPDX-License-Identifier: MIT
"""interlude logs of a running server: its layout, what --tail does while nothing happens, and across a restart (F10)."""
import json
import os
import re
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, wait_until  # noqa: E402
from service import Service  # noqa: E402

CONFIG = """
    service: shop
    provider: { name: interlude }
    functions:
      talk: { handler: dist/talk.handler, memorySize: 64, events: [ { http: ANY /talk/ }, { http: POST /talk } ] }
      wrong: { handler: dist/wrong.handler, timeout: 1, events: [ { http: GET /wrong } ] }
      quiet: { handler: dist/talk.handler, events: [ { http: GET /quiet } ] }
    """

TALK = """
    #include <interlude.h>
    #include <stdio.h>

    static il_status handler(il_request *req, il_response *res)
    {
        const char *word = il_query(req, "word");

        printf("said %s\\n", word ? word : "nothing");
        fflush(stdout);
        fprintf(stderr, "to stderr\\n");
        return il_respond(res, 200, "text/plain", "ok", 2);
    }
    IL_FUNCTION(handler);
    """

WRONG = """
    #include <interlude.h>
    #include <stdlib.h>
    #include <unistd.h>

    static il_status handler(il_request *req, il_response *res)
    {
        const char *how = il_query(req, "how");

        if (!how)
            return IL_OK;
        if (*how == 's')
            return il_respond(res, 42, NULL, NULL, 0);
        if (*how == 'h')
            return il_respond_header(res, "two words", "x");
        if (*how == 'a')
            abort();
        for (;;)
            pause();
    }
    IL_FUNCTION(handler);
    """

# Ids, times and figures differ; the layout is the golden part (functions.md 2.6).
GOLDEN = """\
START RequestId: ID Version: $LATEST
TIME\tID\tsaid apple
TIME\tID\tto stderr
END RequestId: ID
REPORT RequestId: ID\tDuration: N ms\tBilled Duration: N ms\tMemory Size: 64 MB\tMax Memory Used: N MB\tInit Duration: N ms
START RequestId: ID Version: $LATEST
TIME\tID\tsaid pear
TIME\tID\tto stderr
END RequestId: ID
REPORT RequestId: ID\tDuration: N ms\tBilled Duration: N ms\tMemory Size: 64 MB\tMax Memory Used: N MB
"""


def normalised(line):
    # what the sandbox has to say about this machine: a /tmp with thousands of entries
    line = re.sub(r"(?m)^\S+\t\S+\tinterlude-runner: .*\n", "", line)
    line = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", line)
    line = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME", line)
    return re.sub(r"(Duration|Used): [\d.]+", r"\1: N", line)


class Follower:
    """interlude logs, whose lines are in `lines` with the moment they came."""

    def __init__(self, server, *arguments):
        self.lines = []
        self.process = subprocess.Popen([INTERLUDE, "logs", "-f", "talk", "--url", "http://127.0.0.1:%d" % server.port, *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append((time.monotonic(), line))

    def text(self):
        return "".join(line for _, line in self.lines)

    def stop(self):
        """Ends it; what it complained about."""
        self.process.kill()
        self.thread.join()
        errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        self.process.wait()
        return errors


class LogsTest(unittest.TestCase):
    def setUp(self):
        self.server = Service(CONFIG, {"talk": TALK, "wrong": WRONG}).start()

    def tearDown(self):
        self.server.stop()

    def talk(self, word):
        status, body, _ = self.server.call("/talk/?word=" + word)
        self.assertEqual((status, body), (200, b"ok"))

    def follow(self, *arguments):
        follower = Follower(self.server, *arguments)
        self.addCleanup(lambda: follower.process.returncode is None and follower.stop())
        return follower

    def command(self, *arguments):
        return subprocess.run([INTERLUDE, "logs", "--url", "http://127.0.0.1:%d" % self.server.port, *arguments],
                              capture_output=True, text=True, check=False)

    def test_f10_what_tail_prints(self):
        follower = self.follow("-t", "-i", "60000")
        for word in "apple", "pear":
            seen = follower.text().count("REPORT")
            self.talk(word)
            called = time.monotonic()
            wait_until(lambda: follower.text().count("REPORT") > seen, "the lines, though it asks once a minute only")
            # pushed: two ticks of the journal, not a round of asking
            self.assertLess(follower.lines[-1][0] - called, 2)
        self.assertEqual(normalised(follower.text()), GOLDEN)

    def test_a_filter_and_a_start(self):
        for count, word in enumerate(("apple", "pear"), 1):
            self.talk(word)
            wait_until(lambda: self.command("-f", "talk").stdout.count("REPORT") == count, "the lines")  # pylint: disable=cell-var-from-loop
        self.assertEqual(normalised(self.command("-f", "talk").stdout), GOLDEN)
        for more in [], ["--startTime", "5m"], ["--startTime", str(int(time.time() - 60) * 1000)], \
                ["--startTime", time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - 60))]:
            out = self.command("-f", "shop-dev-talk", "--filter", "said pear", *more).stdout
            self.assertEqual(normalised(out), "TIME\tID\tsaid pear\n", more)
        self.assertEqual(self.command("-f", "talk", "--startTime", str(int(time.time() + 60) * 1000)).stdout, "")
        for wrong in ["--startTime", "soon"], ["-i", "never"], ["-i", "0"]:
            self.assertEqual(self.command("-f", "talk", *wrong).returncode, 2, wrong)
        out = self.command("-f", "talk", "-s", "dev", "--filter", "said pear", "--json").stdout
        line = json.loads(out)
        self.assertEqual((sorted(line), line["message"]), (["message", "requestId", "time"], "said pear"))
        self.assertEqual((normalised(line["time"] + "\t" + line["requestId"])), "TIME\tID")
        unknown = self.command("-f", "none", "-t")
        self.assertEqual((unknown.returncode, unknown.stdout), (1, ""))
        self.assertIn("no function none", unknown.stderr)

    def test_f10_trace_ids_are_on_the_first_line(self):
        sent = {"X_Amzn_Trace_Id": "Root=1-67891233-abcdef012345678912345678", "X_Call_Id": "my-call-7",
                "Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
        self.assertEqual(self.server.call("/talk/", X_Evil="x", **sent)[0], 200)
        self.assertEqual(self.server.call("/talk/async", "POST", b"", **sent)[0], 202)
        self.assertEqual(self.server.call("/talk/async", "POST", b"", X_Call_Id="x" * 100)[0], 202)
        self.assertEqual(self.server.call("/talk/", X_Amzn_Trace_Id="two words\tand a tab")[0], 200)
        wait_until(lambda: self.command("-f", "talk").stdout.count("REPORT") == 4, "the lines")
        starts = [line for line in self.command("-f", "talk").stdout.splitlines() if line.startswith("START")]
        trace = "TraceId: %(X_Amzn_Trace_Id)s\tTraceparent: %(Traceparent)s" % sent
        self.assertEqual(sorted(normalised(start) for start in starts), sorted([
            "START RequestId: ID Version: $LATEST\t" + trace + "\tCallId: my-call-7",
            "START RequestId: my-call-7 Version: $LATEST\t" + trace,
            "START RequestId: " + "x" * 39 + " Version: $LATEST\tCallId: " + "x" * 100,
            "START RequestId: ID Version: $LATEST"]))

    def test_f10_a_log_says_why_a_call_failed(self):
        for query, why in (("", "the handler returned IL_OK without il_respond"), ("?how=s", "il_respond: the status 42 is not one of 200 to 599"),
                           ("?how=h", 'il_respond_header: "two words" cannot be the name of a header'),
                           ("?how=l", "Task timed out after 1.00 seconds"), ("?how=a", "its process has ended")):
            status, _, headers = self.server.call("/wrong" + query)
            self.assertIn(status, (502, 504), query)
            line = "\t%s\t%s\n" % (headers["x-call-id"], why)
            wait_until(lambda: line in self.command("-f", "wrong").stdout, "the line " + line)  # pylint: disable=cell-var-from-loop
        wait_until(lambda: "\tthe process crashed with SIGABRT" in self.command("-f", "wrong").stdout, "the signal")
        self.assertIn("shop-dev-wrong: call ", self.server.log())
        unknown = self.command("-f", "wrogn")
        self.assertIn("There is no function wrogn. Did you mean wrong?", unknown.stderr)

    def test_tail_with_a_filter(self):
        follower = self.follow("--tail", "--filter", "said pear", "--interval", "60000")
        for word in "apple", "pear", "apple", "pear":
            self.talk(word)
        wait_until(lambda: len(follower.lines) == 2, "two lines of eight and more")
        self.assertEqual(normalised(follower.text()), "TIME\tID\tsaid pear\n" * 2)

    def test_tail_goes_on_after_a_restart(self):
        follower = self.follow("-t", "-i", "20")
        self.talk("apple")
        wait_until(lambda: "REPORT" in follower.text(), "the first")
        stopped = time.monotonic()
        self.server.stop(keep=True)
        # a follower that waits does not hold the server, which gives requests 30 s to end
        self.assertLess(time.monotonic() - stopped, 10)
        self.server.start()
        self.talk("plum")
        wait_until(lambda: follower.text().count("REPORT") == 2, "the second", 60)
        self.server.kill()
        self.server.start()
        self.talk("pear")
        wait_until(lambda: follower.text().count("REPORT") == 3, "the third", 60)
        self.assertEqual(re.findall(r"said (\w+)", follower.text()), ["apple", "plum", "pear"])
        errors = follower.stop()
        self.assertEqual(errors.count("trying again"), 2, errors)

    def test_an_answer_waits_for_the_first_line(self):
        path = "/api/v1/functions/talk/logs?since=%d&waitMs=%d"
        began = time.monotonic()
        self.assertEqual(self.server.json(path % (time.time() * 1000, 300))["lines"], [])
        self.assertGreaterEqual(time.monotonic() - began, 0.25)
        began = time.monotonic()
        self.assertEqual(self.server.json(path % (time.time() * 1000, -5))["lines"], [])
        # what another function says wakes nobody
        answer = []
        thread = threading.Thread(target=lambda: answer.append(self.server.json(path % (time.time() * 1000, 10 ** 9))))
        thread.start()
        self.assertEqual(self.server.call("/quiet")[0], 200)
        wait_until(lambda: self.server.json("/api/v1/functions/quiet/logs")["lines"], "the other one's lines")
        self.assertEqual(answer, [])
        self.talk("apple")
        thread.join()
        self.assertTrue(answer[0]["lines"][0].startswith("START"), answer)


if __name__ == "__main__":
    unittest.main()
