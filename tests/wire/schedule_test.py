# SPDX-License-Identifier: MIT
"""Schedules of a service (functions.md 6.1, row F19): run once at their time, caught up with, missed, not overlapping."""
import datetime
import json
import os
import re
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import Server, wait_until  # noqa: E402

HANDLER = """#include <interlude.h>
static il_status job(il_request *req, il_response *res)
{
    il_str event = il_event_json(req);
    return il_respond(res, 200, "application/json", event.p, event.len);
}
IL_FUNCTION(job, .method = "POST");
"""
SERVICE = """service: clock
provider: { name: interlude }
functions:
  job:
    handler: job.job
    events:
%s
"""


def soon(seconds=3):
    """An expression for that many seconds from now."""
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return "at(%s)" % then.strftime("%Y-%m-%dT%H:%M:%S")


class ScheduleTest(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        with open(os.path.join(self.server.directory, "job.c"), "w", encoding="utf-8") as file:
            file.write(HANDLER)

    def tearDown(self):
        self.server.stop()

    def write(self, *schedules):
        path = os.path.join(self.server.directory, "serverless.yml")
        with open(path + ".part", "w", encoding="utf-8") as file:
            file.write(SERVICE % "\n".join("      - schedule: %s" % json.dumps(one) for one in schedules) or "      []")
        os.rename(path + ".part", path)

    def start(self, *schedules):
        """The server is up and the handler compiled before a moment is chosen that comes soon."""
        self.write()
        self.server.start()
        self.rules(0)
        self.write(*(one() if callable(one) else one for one in schedules))
        return self.rules(len(schedules))

    def rules(self, count):
        """Those of the function, once there are so many."""
        def look():
            found = [one for one in self.server.json("/api/v1/functions")["functions"] if one["key"] == "job"]
            return found and found[0]["isLive"] and len(found[0]["schedules"]) == count and found
        return wait_until(look, lambda: "%d rules; log:\n%s" % (count, self.server.log()[-2000:]))[0]["schedules"]

    def calls(self, state="succeeded"):
        return self.server.json("/api/v1/calls?state=%s" % state)["calls"]

    def one_call(self):
        return wait_until(self.calls, lambda: "a call; log:\n" + self.server.log()[-2000:])[0]

    def result(self, call):
        """What the handler answered with: a typed answer to an event is a Lambda result."""
        return json.loads(json.loads(self.server.json("/async/calls/%s/result" % call["id"])["body"])["body"])

    def test_f19_runs_at_its_time_with_the_standard_event(self):
        rule = self.start(soon)[0]
        call = self.one_call()
        self.assertEqual(call["queue"], "schedules")
        self.assertEqual(call["id"], "clock-dev-job-rule-1:%d" % (rule["next"] // 60000))
        self.assertGreaterEqual(call["createdAt"], rule["next"])
        event = self.result(call)
        self.assertEqual(sorted(event), sorted(["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"]))
        self.assertEqual((event["detail-type"], event["source"], event["detail"]), ("Scheduled Event", "aws.events", {}))
        self.assertRegex(event["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertIn("clock-dev-job-rule-1", event["resources"][0])

    def test_f19_input_is_the_event(self):
        self.start(lambda: {"rate": soon(), "name": "nightly", "input": {"key": ["a", 1]}})
        call = self.one_call()
        self.assertTrue(call["id"].startswith("clock-dev-nightly:"), call["id"])
        self.assertEqual(self.result(call), {"key": ["a", 1]})

    def test_f19_strangers_do_not_meddle_with_it(self):
        """The id of a run can be guessed: who does sees nothing, and a call of that id is another one."""
        self.start(lambda: {"rate": soon(), "name": "nightly"})
        ident = "clock-dev-nightly:%d" % (self.rules(1)[0]["next"] // 60000)
        status, _, _ = self.server.request("POST", "/async-function/clock-dev-job", b"{}", {"X-Delay-Seconds": "3600", "X-Call-Id": ident})
        self.assertEqual(status, 202)
        self.assertEqual(self.one_call()["id"], ident)
        stranger = {"Host": "example.test"}
        self.assertEqual(json.loads(self.server.request("GET", "/async/calls/" + ident, None, stranger)[1])["state"], "queued")
        self.assertEqual(self.server.request("DELETE", "/async-function/" + ident, b"", stranger)[0], 202)
        self.assertEqual(self.server.request("GET", "/async/calls/%s/result" % ident, None, stranger)[0], 404)

    def test_f19_a_disabled_rule_does_not_run(self):
        rules = self.start(lambda: {"rate": soon(2), "enabled": False}, soon)
        self.assertEqual([rule["isEnabled"] for rule in rules], [False, True])
        self.assertIn("rule-2", self.one_call()["id"])
        self.assertEqual(len(self.calls()), 1)

    def test_f19_a_restart_runs_nothing_twice_and_catches_up_once(self):
        rule = self.start(soon)[0]
        first = self.one_call()
        self.server.kill()
        self.server.start()
        self.rules(1)
        self.assertEqual([call["id"] for call in self.calls()], [first["id"]])
        self.write(soon(), soon())
        due = self.rules(2)[1]["next"]
        self.wait_stored(2)
        self.server.kill()
        wait_until(lambda: time.time() * 1000 > due + 500)
        self.server.start()
        missed = wait_until(lambda: [call for call in self.calls() if "rule-2" in call["id"]],
                            lambda: "the run that was missed; log:\n" + self.server.log()[-2000:])
        self.assertGreater(missed[0]["createdAt"], due)
        self.assertNotEqual(rule["next"], due)

    def test_f19_what_is_too_old_is_counted(self):
        self.start("rate(1 day)")
        self.server.stop(keep=True)
        self.query("UPDATE schedule_rule SET phase_at = phase_at - 90000000, done_until = done_until - 90000000")
        self.server.start()
        rule = wait_until(lambda: [one for one in self.rules(1) if one["skipped"]], "the missed run to be counted")[0]
        self.assertEqual(rule["skipped"], 1)
        self.assertEqual(self.calls(), [])
        self.assertIn("was not run 1 time while this server was down", self.server.log())

    def test_f19_a_run_waits_for_nobody_but_is_left_out(self):
        self.start("rate(1 day)")
        status, _, _ = self.server.request("POST", "/async-function/clock-dev-job", b"{}", {"X-Delay-Seconds": "3600", "X-Call-Id": "earlier"})
        self.assertEqual(status, 202)
        self.query("UPDATE schedule_rule SET last_call = 'earlier'")
        for time_of_it in 1, 2:  # nor does the one after what was left out
            self.server.stop(keep=True)
            self.query("UPDATE call SET principal = 'server'", "queue")  # as if the server had sent it
            self.query("UPDATE schedule_rule SET phase_at = %d, done_until = %d" % (self.ago(86401000), self.ago(60000)))
            self.server.start()
            self.wait_left_out(time_of_it)
        self.assertEqual(self.calls(), [])

    def ago(self, ms):
        return int(time.time() * 1000) - ms

    def wait_left_out(self, count):
        wait_until(lambda: self.server.log().count("earlier is not over") == count,
                   lambda: "the run to be left out %d times; log:\n%s" % (count, self.server.log()[-2000:]))

    def test_f19_what_was_disabled_was_not_missed(self):
        rule = {"rate": "rate(1 minute)", "enabled": False}
        self.start(rule)
        self.query("UPDATE schedule_rule SET phase_at = phase_at - 90000000, done_until = max(0, done_until - 90000000)")
        self.server.stop(keep=True)
        self.server.start()
        self.rules(1)
        self.write(dict(rule, enabled=True))
        enabled = wait_until(lambda: [one for one in self.rules(1) if one["isEnabled"]], "the rule to be enabled")[0]
        self.assertEqual(enabled["skipped"], 0)
        self.assertGreater(enabled["next"], self.ago(0))
        self.assertEqual(self.calls(), [])

    def test_f19_a_rule_keeps_its_phase(self):
        before = self.start("rate(10 minutes)")[0]["next"]
        self.write("rate(10 minutes)", "rate(20 minutes)")
        self.assertEqual(self.rules(2)[0]["next"], before)
        self.wait_stored(2)
        self.server.kill()
        self.server.start()
        self.assertEqual(self.rules(2)[0]["next"], before)

    def test_f19_a_wrong_expression_is_refused_with_its_place(self):
        self.write("rate(1 minutes)")
        self.server.start()
        wait_until(lambda: re.search(r"serverless\.yml:\d+:\d+.*minute", self.server.log()), lambda: "the error; log:\n" + self.server.log())

    def wait_stored(self, count):
        wait_until(lambda: self.query("SELECT count(*) FROM schedule_rule")[0][0] == count, "%d rules to be stored" % count)

    def query(self, statement, name="state"):
        with self.server.database(name) as database:
            return database.execute(statement).fetchall()


if __name__ == "__main__":
    unittest.main()
