# SPDX-License-Identifier: MIT
"""The sample routes in a real runner, with a browser that answers as people do: asking, refusing, tables that outlive the handler, pages."""
import json
import os

from runner import (CALL, COMPLETE, FAILURE, IO_RESPONSE, ONEWAY, OPEN_PAGE, SEND_IO_CALL, SEND_LOADING_CALL, SEND_LOG, SEND_PAGE,
                    SEND_REDIRECT, SUCCESS, NOTIFY, PARKED, Frame, Runner, run_tests)


def returned(render, values, choice):
    """The answer of someone who pressed one of several buttons."""
    call = render.json()
    text = {"id": call["id"], "inputGroupKey": call["inputGroupKey"], "transactionId": "t", "kind": "RETURN", "values": values,
            "choice": choice}
    return Frame(CALL, IO_RESPONSE, ONEWAY, subject=render.subject, group=render.group, payload=json.dumps(text).encode())


def messages(render):
    return [item.get("validationErrorMessage") for item in render.json()["toRender"]]


def test_hello():
    with Runner("samples/hello") as runner:
        subject = runner.server.start()
        ask = runner.server.expect(SEND_IO_CALL)
        assert ask.json()["toRender"][0]["props"] == {"helpText": "As on your badge", "minLength": 2, "maxLength": 40}
        runner.server.respond(ask, ["A"])
        again = runner.server.expect(SEND_IO_CALL)
        assert again.group == ask.group and again.json()["id"] != ask.json()["id"]
        assert messages(again) == ["Please enter a value with between 2 and 40 characters."]
        runner.server.respond(again, ["Åda"])
        done = runner.server.expect(COMPLETE)
        assert done.subject == subject and done.status == SUCCESS
        assert done.json() == {"schemaVersion": 1, "status": "SUCCESS", "data": {"greeting": "Hello, Åda"}}


def test_book():
    with Runner("samples/book") as runner:
        runner.server.start()
        ask = runner.server.expect(SEND_IO_CALL)
        assert [button["value"] for button in ask.json()["choiceButtons"]] == ["book", "hold"]

        def answer(render, values):
            runner.server.send(returned(render, values, "hold"))
            frame = runner.server.receive()
            runner.server.answer(frame)
            return frame

        frame = answer(ask, [None, "Standup", "ada@other.org", None, True])
        assert messages(frame) == [None, None, "Use your work address.", None, None]
        frame = answer(frame, [None, "Standup", "ada@example.com", 4, True])
        assert frame.json()["validationErrorMessage"] == "Rooms with a projector start at 6 seats."
        frame = answer(frame, [None, "Standup", "ada@example.com", 6, True])
        assert frame.method == COMPLETE and frame.json()["data"] == {"purpose": "Standup", "status": "hold"}


def test_reindex():
    with Runner("samples/reindex") as runner:
        runner.server.start()
        ask = runner.server.expect(SEND_IO_CALL)
        runner.server.respond(ask, [{"label": "Medium", "value": "medium"}])
        confirm = runner.server.expect(SEND_IO_CALL)
        assert confirm.json()["toRender"][0]["methodName"] == "CONFIRM"
        runner.server.respond(confirm, [True])
        logs, done = [], None
        while not done:
            frame = runner.server.receive()
            runner.server.answer(frame)
            if frame.method == SEND_LOG:
                logs.append(frame.json()["index"])
            elif frame.method == COMPLETE:
                done = frame
            else:
                assert frame.method in (SEND_LOADING_CALL, PARKED), frame.method
        assert logs == list(range(8)) and done.json()["data"] == {"shards": 8}


def test_declined():
    with Runner("samples/reindex") as runner:
        runner.server.start()
        runner.server.respond(runner.server.expect(SEND_IO_CALL), [{"label": "Large", "value": "large"}])
        runner.server.respond(runner.server.expect(SEND_IO_CALL), [False])
        assert runner.server.expect(COMPLETE).json()["data"] == "Nothing changed."


def answer_everything(server):
    """Walks through the sample that uses every item; returns the render of what it shows."""
    day, time = {"year": 2024, "month": 2, "day": 29}, {"hour": 9, "minute": 0}
    ask = server.expect(SEND_IO_CALL)
    assert len(ask.json()["toRender"]) == 11
    values = ["ignored", None, "https://x.org", 3.25, True, day, time, day | time, {"label": "B", "value": "b"},
              [{"label": "Y", "value": "y"}], [{"key": "2"}, {"key": "0"}]]
    server.send(returned(ask, values, "book"))
    bare = server.expect(SEND_IO_CALL)
    server.respond(bare, ["n", "a@b.cd", "http://x", 1, False, day, time, day | time, {"label": "one", "value": "one"}])
    server.respond(server.expect(SEND_IO_CALL), ["x"])
    return server.expect(SEND_IO_CALL)


def test_everything():
    with Runner("samples/everything") as runner:
        subject = runner.server.start()
        shown = answer_everything(runner.server)
        items = shown.json()["toRender"]
        assert [item["methodName"] for item in items[:4]] == ["DISPLAY_MARKDOWN", "DISPLAY_HEADING", "DISPLAY_HTML", "DISPLAY_CODE"]
        confirm = runner.server.expect(SEND_IO_CALL)
        state = [None] * 12 + [{"offset": 1, "pageSize": 2}]
        runner.server.respond(shown, state, "SET_STATE")  # of the older call, while the newer one waits
        again = runner.server.expect(SEND_IO_CALL)
        assert again.group == shown.group and again.json()["toRender"][12]["props"]["totalRecords"] == 4
        runner.server.respond(confirm, [True])
        assert runner.server.expect(SEND_REDIRECT).json() == {"route": "greet", "params": {"a": 1}, "replace": True}
        assert runner.server.expect(SEND_REDIRECT).json() == {"url": "https://example.com"}
        done = runner.server.expect(COMPLETE)
        assert done.status == SUCCESS and done.json()["data"]["choice"] == "book", done.json()
        assert done.json()["data"]["dir"] == runner.own_dir
        # The handler has returned; its tables go on until the server closes the run.
        runner.server.respond(shown, [None] * 11 + [{"queryTerm": "ann", "offset": 0, "pageSize": 20}, None], "SET_STATE")
        again = runner.server.expect(SEND_IO_CALL)
        assert [row["key"] for row in again.json()["toRender"][11]["props"]["data"]] == ["0"]
        runner.server.close_run(subject)
        runner.server.drain()
        for link in runner.functions:
            link.close()
        assert runner.wait() == 0


def test_more():
    """Files come from the folder of the run, the only thing of the server's data that a module may read."""
    with Runner("samples/more") as runner:
        folder = os.path.join(runner.uploads, "run")
        subject = runner.server.start(uploads=folder)
        shown = [runner.server.expect(SEND_IO_CALL).json()["toRender"] for _ in range(2)]
        assert [item["props"]["data"][1] for item in (shown[0][5], shown[1][5])] == [
            {"label": "later", "value": None}, {"label": "later", "value": "found"}]
        ask = runner.server.expect(SEND_IO_CALL)
        group = ask.json()["inputGroupKey"]
        os.makedirs(os.path.join(folder, group))
        with open(os.path.join(folder, group, f"UPLOAD_FILE-0-{group}-0"), "w", encoding="utf-8") as file:
            file.write("what was uploaded")
        answer = {"name": "../a.TXT", "type": "text/plain", "lastModified": 1, "size": 17, "url": "http://x/"}
        values = [answer, 0.5, None, "0:1", ["default:1", "0:0"], None, None, None, {"label": "x", "value": "y"}]
        runner.server.respond(ask, [{**answer, "name": "a.exe"}, *values[1:]])
        again = runner.server.expect(SEND_IO_CALL)
        assert messages(again)[:3] == ["Please select a file of type .txt.", None, None]
        runner.server.respond(again, values)
        for _ in range(2):
            runner.server.respond(runner.server.expect(SEND_IO_CALL), [True])
        told = runner.server.expect(NOTIFY).json()
        assert told["deliveryInstructions"] == [{"to": "a@b.cc", "method": "EMAIL"}] and told["idempotencyKey"] == "k"
        done = runner.server.expect(COMPLETE)
        assert done.subject == subject and done.json()["data"] == {"bytes": "what was uploaded", "name": "a.TXT", "known": True}, done


def test_pages():
    with Runner("samples/everything") as runner:
        runner.server.start(slot=2, method=OPEN_PAGE)
        page = runner.server.expect(SEND_PAGE).json()
        assert page["title"] == "Everything" and page["errors"] == []
        assert [item["methodName"] for item in page["children"]["toRender"]] == ["DISPLAY_MARKDOWN", "DISPLAY_TABLE"]
        assert page["children"]["toRender"][1]["props"]["totalRecords"] == 4


def test_page_whose_database_is_missing():
    with Runner("samples/users") as runner:
        subject = runner.server.start(method=OPEN_PAGE)
        page = runner.server.expect(SEND_PAGE).json()
        assert page["menuItems"] == [{"label": "Create user", "route": "users/create"}]
        call = page["children"]
        group = bytes.fromhex(call["inputGroupKey"].replace("-", ""))
        text = {"id": call["id"], "inputGroupKey": call["inputGroupKey"], "transactionId": "p", "kind": "SET_STATE",
                "values": [{"offset": 0, "pageSize": 25}]}
        runner.server.send(Frame(CALL, IO_RESPONSE, ONEWAY, subject=subject, group=group, payload=json.dumps(text).encode()))
        again = runner.server.expect(SEND_PAGE).json()
        assert again["children"]["toRender"][0]["props"]["data"] == []
        assert b"users.db" in runner.written()


def test_wrong_answer_fails_the_run():
    with Runner("samples/hello") as runner:
        runner.server.start()
        runner.server.respond(runner.server.expect(SEND_IO_CALL), [{"not": "a text"}])
        done = runner.server.expect(COMPLETE)
        assert done.status == FAILURE and done.json()["data"]["error"] == "IL_BAD_RESPONSE"


run_tests(globals())
