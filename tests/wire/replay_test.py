# SPDX-License-Identifier: MIT
"""
Every recorded exchange of five Interval SDKs, played against the server. Prints what became of each capture.
One alone: replay_test.py Replay.test_node_2_0_0_text
"""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import Server  # noqa: E402
from replay import Player  # noqa: E402

CAPTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "captures")


def is_refusal(data):
    return data is False or isinstance(data, dict) and data.get("type") == "ERROR"


def is_boolean(data):
    return isinstance(data, bool) or is_refusal(data)


def is_success(data):
    return data["type"] == "success"


def is_error(data):
    return data["type"] == "error" and data["message"] != ""


def says(method):
    """From this call of the server's on the capture is about something that our server never says."""
    return lambda step, _: (step.get("rpc") or {}).get("methodName") == method and step["dir"] == "server->host"


def is_bad_frame(step, player):
    """What a server must never send: not an ISocket frame, an id that is no UUID, `authenticated` again, an ACK of nothing."""
    if step["dir"] != "server->host" or "raw" not in step:
        return False
    try:
        frame = json.loads(step["raw"])
    except ValueError:
        return True
    return (not isinstance(frame, dict) or "type" not in frame or len(frame["id"]) != 36
            or frame.get("data") == "authenticated" and player.messages != {} or frame["type"] == "ACK" and frame["id"] not in player.sent)


def large(player, step):
    """3 MiB of parameters: such a run is not made. For Python one such frame would be the end (P6)."""
    data = {"transactionId": "tx0", "action": {"slug": "params"}, "params": {"big": "y" * step["rawLength"]}}
    assert player.begin(data) is None
    if not player.is_python:
        player.messages[step["raw"][7:43]], player.calls["1"] = player.make_start_transaction({
            **data, "transactionId": "tx1", "params": {}, "user": {"email": "", "firstName": None, "lastName": None, "role": "", "teams": []}})


def python_params(actual):
    """host-protocol P8: no annotation, fractions as texts; the rest as it was."""
    assert "paramsMeta" not in actual, actual
    assert not any(isinstance(value, float) and value != int(value) for value in actual["params"].values()), actual


# By scenario: what our server does otherwise than the scripted one of the recording, and why.
SPECIAL = {
    "auth-fail": {"key": "no such key"},
    "init-error": {"why": "no version is refused: expects success", "responses": {"INITIALIZE_HOST": is_success}},
    "init-null": {"why": "never answered with null (P5): expects success", "responses": {"INITIALIZE_HOST": is_success}},
    "reconnect-init-error": {"why": "no host is refused the second time: expects success",
                             "responses": {"INITIALIZE_HOST": is_success}},
    "connect-timeout": {"why": "`authenticated` comes at once: expects it"},
    "fatal-json-without-type": {"why": "up to the bad frame, which is never sent", "until": is_bad_frame},
    "fatal-not-json": {"why": "up to the bad frame, which is never sent", "until": says("START_TRANSACTION")},
    "fatal-nonuuid-message-id": {"why": "up to the bad frame, which is never sent", "until": is_bad_frame},
    "fatal-second-authenticated": {"why": "up to the bad frame, which is never sent", "until": is_bad_frame},
    "fatal-unknown-ack": {"why": "up to the bad frame, which is never sent", "until": is_bad_frame},
    "rejected-messages": {"why": "up to the first bad call, which is never made", "until": says("NO_SUCH_METHOD")},
    "io-duplicate-and-mismatch": {"why": "answers that fit nothing may stop at the server", "may_refuse": True,
                                  "responses": {"SEND_IO_CALL": is_boolean, "MARK_TRANSACTION_COMPLETE": is_boolean}},
    "iocall-error": {"why": "refused because it asks for CREDENTIALS", "instead": [("INPUT_TEXT", "CREDENTIALS")],
                     "responses": {"SEND_IO_CALL": is_refusal}},
    "node-0.38.0-iocall-error": {"why": "an SDK that hangs on a refusal is not refused (4.5)",
                                 "responses": {"SEND_IO_CALL": is_boolean}},
    "reconnect-after-answer": {"why": "the resent call of a run that is over is refused (P10)",
                               "responses": {"SEND_IO_CALL": is_boolean}},
    "reconnect": {"why": "an open page does not outlive the server", "responses": {"SEND_PAGE": is_boolean}},
    "params-coercion": {"params": python_params, "start_keys": ("transactionId", "actionName", "action", "environment", "user",
                                                               "params")},
    "large-frame": {"why": "3 MiB of parameters end at the server, 3 MiB of a result arrive", "elided": large},
    "large-frame-py": {"why": "3 MiB of parameters end at the server (P6)", "elided": large},
    "cancel": {"why": "what a handler returns after its run was cancelled is not wanted",
               "responses": {"MARK_TRANSACTION_COMPLETE": is_boolean}},
    "rest-errors": {"why": "for an unknown action and an unknown item", "instead": [('"slug":"text"', '"slug":"nothing"')],
                    "rest": {"/api/actions/dequeue": {"type": "error"}, "/api/notify": {"type": "success"}}},
    "serverless-declare": {"why": "no serverless endpoints yet: 404", "rest": {"/api/hosts/declare": {"type": "error"}}},
    "serverless-lambda": {"why": "no serverless endpoints yet: 404, and an unknown request is refused",
                          "rest": {"/api/hosts/declare": {"type": "error"}}, "responses": {"INITIALIZE_HOST": is_error},
                          "until": says("START_TRANSACTION")},
    "serverless-leak-reinit": {"why": "no serverless endpoints yet: an unknown request is refused",
                               "responses": {"INITIALIZE_HOST": is_error}, "until": says("START_TRANSACTION")},
}
for name in ("serverless-request", "serverless-request-cancel", "serverless-request-page"):
    SPECIAL[name] = {**SPECIAL["serverless-leak-reinit"],
                     "until": says("OPEN_PAGE") if name.endswith("page") else says("START_TRANSACTION")}


class Replay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.key = cls.server.api_key()
        cls.outcomes = []

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        for sdk, scenario, outcome in sorted(cls.outcomes):
            print("%-13s %-32s %s" % (sdk, scenario, outcome))
        print("%d of %d captures replayed" % (sum("FAILED" not in one[2] for one in cls.outcomes), len(cls.outcomes)))

    def replay(self, name):
        sdk, version, scenario = name[:-len(".jsonl")].split("-", 2)
        special = SPECIAL.get(name[:-len(".jsonl")], SPECIAL.get(scenario, {}))
        outcome = "FAILED"
        try:
            Player(self.server, self.key, os.path.join(CAPTURES, name), special).play()
            outcome = special.get("why", "as recorded")
        finally:
            self.outcomes.append((sdk + "-" + version, scenario, outcome))


for capture in sorted(os.listdir(CAPTURES)):
    setattr(Replay, "test_" + capture[:-len(".jsonl")].replace("-", "_").replace(".", "_"),
            lambda self, capture=capture: self.replay(capture))


if __name__ == "__main__":
    unittest.main()
