# SPDX-License-Identifier: MIT
"""A runner from its start to its end: actions, functions, crashes, cancel, drain, the death of the server."""
import errno
import json
import os
import signal
import socket
import time

from runner import (CALL, CLOSE_PAGE, COMPLETE, FAILURE, HEALTH, ONEWAY, OPEN_PAGE, PARKED, RESENT, SANITIZED, SEND_IO_CALL, SEND_LOG,
                    SEND_PAGE, START_TRANSACTION, SUCCESS, Answer, Ended, Frame, Runner, Server, request, run_tests, sealed)


def result(frame):
    return frame.json()["data"]


# ---- actions

def test_action_asks_and_completes():
    with Runner("samples/hello") as runner:
        subject = runner.server.start()
        ask = runner.server.expect(SEND_IO_CALL)
        assert ask.subject == subject and ask.json()["toRender"][0]["label"] == "First name"
        runner.server.respond(ask, ["Ada"])
        done = runner.server.expect(COMPLETE)
        assert done.status == SUCCESS and result(done) == {"greeting": "Hello, Ada"}, done
        assert runner.server.expect(PARKED, skip=()).method == PARKED


def test_many_actions_at_once():
    with Runner("parked") as runner:
        subjects = {runner.server.start() for _ in range(200)}
        asks = [runner.server.expect(SEND_IO_CALL) for _ in subjects]
        assert {ask.subject for ask in asks} == subjects
        for ask in reversed(asks):
            runner.server.respond(ask, [ask.subject.hex()])
        for _ in subjects:
            done = runner.server.expect(COMPLETE)
            assert result(done) == {"name": done.subject.hex()}


def test_refused_call_fails_the_run():
    with Runner("parked") as runner:
        runner.server.confirm = False
        runner.server.start()
        ask = runner.server.receive()
        runner.server.answer(ask, status=1, payload=b"not now")
        done = runner.server.receive()
        assert done.method == COMPLETE and done.status == FAILURE, done


def test_cancel_while_parked():
    with Runner("parked") as runner:
        subject = runner.server.start()
        runner.server.expect(SEND_IO_CALL)
        runner.server.cancel(subject)
        runner.server.close_run(subject)
        runner.server.drain()
        runner.functions[0].close()
        assert runner.wait() == 0


def test_cancel_while_computing():
    for slot in range(3):
        with Runner("compute") as runner:
            subject = runner.server.start(slot)
            runner.server.expect(SEND_LOG)
            runner.server.cancel(subject)
            runner.server.drain()
            runner.functions[0].close()
            runner.server.confirm = True
            try:
                while True:
                    runner.server.answer(runner.server.receive())
            except Ended:
                pass
            assert runner.wait() == 0, slot


def test_close_ends_a_parked_run():
    with Runner("parked") as runner:
        for _ in range(50):
            subject = runner.server.start()
            runner.server.expect(SEND_IO_CALL)
            runner.server.close_run(subject)
        runner.server.expect(PARKED, skip=(COMPLETE,))


def test_logs_keep_their_order():
    with Runner("logs") as runner:
        runner.server.start()
        lines = []
        while len(lines) < 1000:
            frame = runner.server.receive()
            runner.server.answer(frame)
            if frame.method == SEND_LOG:
                lines.append(frame.json()["index"])
        assert lines == list(range(1000))


def test_page():
    with Runner("page") as runner:
        subject = runner.server.start(method=OPEN_PAGE)
        runner.server.expect(SEND_PAGE)
        runner.server.drain()
        runner.functions[0].close()
        try:
            runner.wait(0.3)
            raise AssertionError("an open page holds the process")
        except TimeoutError:
            pass
        runner.server.send(Frame(CALL, CLOSE_PAGE, ONEWAY, subject=subject))
        assert runner.wait() == 0


def test_load_refuses():
    with Runner("load_fails") as runner:
        assert "the table of orders is missing" in runner.greeting["error"], runner.greeting
        assert runner.wait() == 1


def test_health():
    with Runner("health") as runner:
        assert runner.server.health() == (0, "")
        assert runner.written().count(b"the module is asked") == 1 and runner.written().count(b"the routes are asked") == 1
        assert runner.server.health(only_load=True) == (0, "")
        assert runner.written().count(b"the routes are asked") == 1
        for name, sentence in ("mute", ".health of first: IL_INVALID"), (
                "sick", ".health of first: the stock of Ghent is not reachable"):
            with open(os.path.join(runner.own_dir, name), "w"):
                pass
            assert runner.server.health() == (1, sentence)
            os.unlink(os.path.join(runner.own_dir, name))
        assert runner.call(body=b"works").body == b"works"


def test_health_that_hangs_holds_nothing_up():
    with Runner("health") as runner:
        hang = os.path.join(runner.own_dir, "hang")
        with open(hang, "w"):
            pass
        runner.server.send(Frame(CALL, HEALTH, call=1))
        assert runner.call(body=b"works").body == b"works"
        assert runner.server.health(only_load=True) == (0, "")
        os.unlink(hang)
        assert runner.server.expect(HEALTH).call == 1


def test_unknown_slot_ends_the_runner():
    with Runner("parked") as runner:
        runner.server.start(slot=3)
        assert runner.wait() == 1 and b"slot 3" in runner.written()


# ---- functions

def test_function():
    with Runner("echo") as runner:
        answer = runner.call(method="PUT", path="/fn/echo/7", query="a=1&name=A%20b+c%zz&name=2", headers=[("user-agent", "x/1")],
                             params=[("id", "7")], body=b"\0binary\xff")
        assert answer.status == 201 and answer.body == b"\0binary\xff"
        assert answer.headers == {"x-method": "PUT", "x-path": "/fn/echo/7", "x-name": "A b c%zz", "x-id": "7", "x-agent": "x/1",
                                  "content-type": "application/octet-stream"}, answer.headers


def test_function_failures():
    with Runner("echo") as runner:
        for what, reason in (("fail", b"IL_FAILED"), ("nothing", b"without il_respond"), ("bad header", b"has a control character")):
            answer = runner.call(query="do=" + what.replace(" ", "+"))
            assert answer.status == 0 and reason in answer.body, answer.body
        runner.functions[0].send(request(1, slot=5))
        assert Answer(runner.functions[0].receive()).status == 0
        assert runner.call(body=b"still there").body == b"still there"


def test_functions_in_flight():
    with Runner("samples/ping", streams=2) as runner:
        for link in runner.functions:
            for batch in range(20):
                link.send(*(request(call, body=b"%d" % call) for call in range(1, 65)))
                answers = [Answer(link.receive()) for _ in range(64)]
                assert [answer.call for answer in answers] == list(range(1, 65))
                assert all(answer.body == b"%d" % answer.call for answer in answers)


def test_large_bodies_travel_as_memfd():
    with Runner("echo") as runner:
        for size in (1, 65536, 65537, 1 << 20, 9 << 20):
            body = os.urandom(1024) * (size // 1024) + b"x" * (size % 1024)
            answer = runner.call(body=body, fd=sealed(body) if size > 65536 else -1)
            assert answer.status == 201 and answer.body == body and (answer.fd >= 0) == (size > 65536), (size, answer.status)
        for seals in (0, 2 | 4, 8):
            answer = runner.call(body=b"x" * 100000, fd=sealed(b"x" * 100000, seals))
            assert answer.status == 0 and b"not sealed" in answer.body
        answer = runner.call(body=b"x" * 100001, fd=sealed(b"x" * 100000))
        assert answer.status == 0 and b"length" in answer.body
        answer = runner.call(body=b"x" * (11 << 20), fd=sealed(b"x" * (11 << 20)))
        assert answer.status == 0  # an answer of 11 MiB is too large


def test_slow_function_does_not_hold_the_others():
    with Runner("slow") as runner:
        link = runner.functions[0]
        began = time.monotonic()
        link.send(*(request(call, query="ms=300", body=b"%d" % call) for call in range(1, 11)), request(11, query="ms=0"))
        answers = [Answer(link.receive()) for _ in range(11)]
        took = time.monotonic() - began
        assert answers[0].call == 11 and took < 2.5, (took, [answer.call for answer in answers])
        assert all(answer.body == b"%d" % answer.call for answer in answers[1:])


def test_busy_function_does_not_hold_the_others():
    with Runner("slow") as runner:
        link = runner.functions[0]
        link.send(request(1, query="ms=500&busy"), request(2, query="ms=0"))
        assert [Answer(link.receive()).call for _ in range(2)] == [2, 1]


def test_slow_functions_answer_after_the_stream_has_ended():
    with Runner("slow") as runner:
        link = runner.functions[0]
        link.send(request(1, query="ms=300", body=b"late"), request(2, query="ms=200", body=b"late"))
        link.sock.shutdown(socket.SHUT_WR)
        runner.server.drain()
        assert {Answer(link.receive()).call for _ in range(2)} == {1, 2}
        assert runner.wait() == 0


# ---- crashes

def crash(module, want, slot=0):
    with Runner(module) as runner:
        runner.server.start(slot)
        assert want(runner.wait()), (module, runner.status)


def test_crash_in_an_action():
    crash("segv", lambda status: status == -signal.SIGSEGV)
    crash("abort", lambda status: status == -signal.SIGABRT)
    if not SANITIZED:  # their allocators have views of their own
        crash("double_free", lambda status: status == -signal.SIGABRT)
    crash("stack_overflow", lambda status: status == -signal.SIGSEGV)
    crash("exit", lambda status: status == 7)


def test_crash_in_a_function():
    for module in ("segv", "stack_overflow"):
        with Runner(module) as runner:
            runner.functions[0].send(request(1, slot=1))
            assert runner.wait() == -signal.SIGSEGV


def test_bad_manners():
    for module in ("garbage_stdout", "leave_threads", "fork_child", "block_signals"):
        with Runner(module) as runner:
            runner.server.start()
            assert result(runner.server.expect(COMPLETE)) == "survived", module
            assert runner.call(slot=1).body == b"survived", module
            runner.server.drain()
            runner.functions[0].close()
            assert runner.wait() == 0, module
            if module == "garbage_stdout":
                assert len(runner.written()) > 200000


def test_closing_the_link_ends_the_runner():
    with Runner("close_all_fds") as runner:
        runner.server.start()
        assert runner.wait() == 1


def test_fork_child_keeps_the_stream_but_not_the_process():
    with Runner("fork_child") as runner:
        assert runner.call(slot=1).body == b"survived"
        os.kill(runner.pid, signal.SIGKILL)
        assert runner.wait() == -signal.SIGKILL
        os.killpg(runner.pid, signal.SIGKILL)


def test_sandbox():
    with Runner("signal_server") as runner:
        seen = json.loads(runner.call().body)
        for name in ("kill own", "kill child"):
            assert seen.pop(name) == 0, name
        assert all(value == errno.EPERM for value in seen.values()), seen


# ---- ends

def test_drain_waits_for_runs_and_streams():
    with Runner("parked", streams=2) as runner:
        runner.server.start()
        ask = runner.server.expect(SEND_IO_CALL)
        runner.server.drain()
        for link in runner.functions:
            link.close()
        runner.server.respond(ask, ["x"])
        assert result(runner.server.expect(COMPLETE)) == {"name": "x"}
        assert runner.wait() == 0


def test_drain_now():
    with Runner("parked") as runner:
        runner.server.start()
        runner.server.expect(SEND_IO_CALL)
        runner.server.drain(now=True)
        assert runner.wait() == 0


def test_server_death_without_runs():
    with Runner("parked") as runner:
        runner.server.close()
        runner.functions[0].close()
        assert runner.wait() == 0


def accept(listener, runner):
    sock, _ = listener.accept()
    server = Server(sock, runner.instance)
    assert server.hello()["resumed"] is True
    return server


def test_run_goes_on_with_the_next_server():
    with Runner("parked") as runner:
        subject = runner.server.start()
        ask = runner.server.expect(SEND_IO_CALL)
        runner.server.close()
        runner.functions[0].close()
        listener = runner.listen()
        server = accept(listener, runner)
        again = server.expect(SEND_IO_CALL)
        assert again.flags & RESENT and again.payload == ask.payload and again.subject == subject
        server.respond(again, ["Bo"])
        done = server.expect(COMPLETE)
        assert result(done) == {"name": "Bo"} and not done.flags & RESENT
        server.drain()
        assert runner.wait() == 0


def test_draining_runner_finds_the_next_server_too():
    with Runner("parked") as runner:
        runner.server.start()
        runner.server.expect(SEND_IO_CALL)
        runner.server.drain()
        runner.server.close()
        runner.functions[0].close()
        server = accept(runner.listen(), runner)
        server.respond(server.expect(SEND_IO_CALL), ["x"])
        assert result(server.expect(COMPLETE)) == {"name": "x"}
        assert runner.wait() == 0


def test_unconfirmed_frames_are_resent():
    with Runner("logs") as runner:
        runner.server.confirm = False
        runner.server.start()
        indexes = [runner.server.expect(SEND_LOG).json()["index"] for _ in range(100)]
        assert indexes == list(range(100))
        runner.server.close()
        runner.functions[0].close()
        server = accept(runner.listen(), runner)
        seen = []
        while True:
            frame = server.receive()
            server.answer(frame)
            if frame.method == SEND_LOG:
                seen.append(frame.json()["index"])
            elif frame.method == SEND_IO_CALL:
                break
        assert seen == list(range(seen[0], 1000)) and seen[0] == 0, (seen[0], len(seen))
        server.respond(frame, ["x"])
        done = server.expect(COMPLETE)
        assert result(done) == "x"


def test_unconfirmed_completion_is_resent():
    with Runner("parked") as runner:
        runner.server.start()
        runner.server.respond(runner.server.expect(SEND_IO_CALL), ["x"])
        runner.server.confirm = False
        assert runner.server.expect(COMPLETE).flags == 0
        runner.server.close()
        runner.functions[0].close()
        server = accept(runner.listen(), runner)
        done = server.expect(COMPLETE, skip=())
        assert done.flags & RESENT and result(done) == {"name": "x"}
        server.drain()
        assert runner.wait() == 0


def test_server_that_hangs_up_is_no_server():
    with Runner("parked") as runner:
        runner.server.start()
        runner.server.expect(SEND_IO_CALL)
        listener = runner.listen()
        runner.server.close()
        runner.functions[0].close()
        began, attempts = time.monotonic(), 0
        listener.settimeout(1)
        try:
            while True:
                listener.accept()[0].close()
                attempts += 1
        except TimeoutError:
            pass
        assert runner.wait(30) == 0 and 9 < time.monotonic() - began and attempts < 110, attempts


def test_nobody_comes():
    with Runner("parked") as runner:
        runner.server.start()
        runner.server.expect(SEND_IO_CALL)
        began = time.monotonic()
        runner.server.close()
        runner.functions[0].close()
        assert runner.wait(30) == 0 and 9 < time.monotonic() - began


# ---- amounts

def test_10000_parked_runs():
    count = 1000 if SANITIZED else 10000

    def used_kb(runner):
        """Of the process: its memory and page tables; of the kernel: stacks and slabs, which are charged to no process."""
        kernel = {line.split(":")[0]: int(line.split()[1]) for line in open("/proc/meminfo")}
        with open(f"/proc/{runner.pid}/status") as status:
            tables = next(int(line.split()[1]) for line in status if line.startswith("VmPTE:"))
        return runner.memory_kb() + tables, kernel["KernelStack"] + kernel["SUnreclaim"]

    with Runner("parked") as runner:
        before = used_kb(runner)
        began = time.monotonic()
        for _ in range(count):
            runner.server.start()
        asks = [runner.server.expect(SEND_IO_CALL, timeout=60) for _ in range(count)]
        took = time.monotonic() - began
        settled = time.monotonic() + 2
        while time.monotonic() < settled:  # the stacks are given back 20 ms after a thread parks
            own, kernel = ((after - at_first) / count for after, at_first in zip(used_kb(runner), before))
            time.sleep(0.1)
        each = own + kernel
        print(f"     {count} parked in {took:.1f} s: {each:.1f} KB each, {own:.1f} in the process and {kernel:.1f} in the kernel")
        assert each < 40 or SANITIZED, each
        began = time.monotonic()
        for ask in asks[:1000]:
            runner.server.respond(ask, ["x"])
        for _ in range(1000):
            runner.server.expect(COMPLETE)
        print(f"     1000 of them woken and completed in {time.monotonic() - began:.2f} s")
        runner.server.drain(now=True)
        assert runner.wait() == 0


def test_malformed_frames():
    """None may do more than end the process, and none may leave it hanging."""
    import random
    chance = random.Random(7)
    for number in range(300):
        with Runner("samples/ping") as runner:
            link = runner.server if number % 2 else runner.functions[0]
            good = request(1, body=b"x").pack() if number % 2 == 0 else Frame(CALL, START_TRANSACTION, ONEWAY, payload=b"{}").pack()
            damaged = bytearray(good)
            for _ in range(chance.randint(1, 4)):
                damaged[chance.randrange(len(damaged))] = chance.choice((0, 1, 0x7f, 0xff, chance.randrange(256)))
            if number % 3 == 0:
                damaged = bytearray(chance.randbytes(chance.randint(1, 200)))
            try:
                link.sock.sendall(bytes(damaged))
            except BrokenPipeError:
                pass
            link.sock.shutdown(socket.SHUT_WR)
            runner.server.sock.shutdown(socket.SHUT_WR)
            runner.functions[0].sock.shutdown(socket.SHUT_WR)
            status = runner.wait()
            assert status in (0, 1), (number, status, bytes(damaged), runner.written())


run_tests(globals())
