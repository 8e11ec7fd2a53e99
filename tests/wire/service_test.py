# SPDX-License-Identifier: MIT
"""A serverless.yml under `interlude dev`: addresses, environments, changes, errors, the invoke API (F5, F20)."""
import base64
import concurrent.futures
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, wait_until  # noqa: E402
from service import ECHO, Service, lower  # noqa: E402

CONFIG = """
    service: shop
    provider:
      name: interlude
      environment: { CURRENCY: EUR }
    functions:
      quote:
        handler: dist/say.handler
        timeout: 1
        events:
          - http: POST /quote
          - http: { path: 'quote/{id}', method: get, cors: true }
          - http: GET /quote/new
          - http: GET /files/{path+}
          - http: POST /jobs/async
          - http: POST /jobs/{id}
          - http: GET /a%20b/~x
          - httpApi: 'GET /v2/quote/{id}'
      money:
        handler: dist/say.money
        environment: { CURRENCY: USD }
        url: true
        events:
          - http: ANY /money
      twin:
        handler: dist/say.handler
        events:
          - http: GET /twin
      off:
        handler: dist/say.handler
        reservedConcurrency: 0
        events:
          - http: GET /off
          - httpApi: GET /v2/off
      one:
        handler: dist/say.slow
        reservedConcurrency: 1
        events:
          - http: GET /one
      talk:
        handler: dist/say.talk
        memorySize: 64
        events:
          - http: GET /talk
      bad:
        handler: dist/say.bad
        timeout: 3
        events:
          - http: GET /bad/{how}
          - httpApi: GET /v2/bad/{how}
    """

SAY = """
    #include <interlude.h>
    #include <poll.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>

    #define MARK "one"

    static il_status say(il_request *req, il_response *res, const char *what)
    {
        return il_respond(res, 200, "text/plain", what, strlen(what));
    }
    static const char *known(const char *text)
    {
        return text ? text : "-";
    }
    static il_status handler(il_request *req, il_response *res)
    {
        return say(req, res, il_rfmt(req, "%s %s %s %s", MARK, il_method(req), known(il_path_param(req, "id")),
                                     known(il_path_param(req, "path"))));
    }
    static il_status money(il_request *req, il_response *res)
    {
        return say(req, res, il_rfmt(req, "%s %s %ld", known(getenv("CURRENCY")), known(getenv("IS_OFFLINE")), (long)getpid()));
    }
    static il_status slow(il_request *req, il_response *res)
    {
        poll(NULL, 0, 400);
        return say(req, res, "slow");
    }
    static il_status talk(il_request *req, il_response *res)
    {
        printf("to stdout\\n");
        fflush(stdout);
        fprintf(stderr, "to stderr\\n");
        return say(req, res, "talked");
    }
    static il_status bad(il_request *req, il_response *res)
    {
        il_str event = il_body(req); /* of who invokes it: "segv" */
        const char *path = il_path_param(req, "how"), *how = path ? path : il_rfmt(req, "%.*s", (int)event.len, event.p);

        if (strstr(how, "segv"))
            raise(11);
        if (strstr(how, "exit"))
            _exit(3);
        if (strstr(how, "sleep"))
            poll(NULL, 0, 9000);
        if (strstr(how, "fail"))
            return IL_INVALID;
        return say(req, res, "good");
    }
    static const il_route routes[] = {
        IL_ROUTE_FUNCTION("handler", handler, .method = "ANY"), IL_ROUTE_FUNCTION("money", money, .method = "ANY"),
        IL_ROUTE_FUNCTION("slow", slow), IL_ROUTE_FUNCTION("bad", bad),
        IL_ROUTE_FUNCTION("talk", talk),
    };
    IL_MODULE(routes);
    """.replace("#include <unistd.h>", "#include <unistd.h>\n    #include <signal.h>")


class ServiceTest(unittest.TestCase):
    config, arguments = CONFIG, []

    def setUp(self):
        self.server = Service(self.config, {"say": SAY})
        self.server.arguments = self.arguments
        self.server.start()

    def tearDown(self):
        self.server.stop()

    def text(self, path, method="GET", body=None, **headers):
        status, answer, _ = self.server.call(path, method, body, **headers)
        self.assertEqual(status, 200, (path, answer))
        return answer.decode()


class AddressTest(ServiceTest):
    def test_f20_paths_of_one_service(self):
        self.assertEqual(self.text("/quote", "POST"), "one POST - -")
        self.assertEqual(self.text("/quote/12"), "one GET 12 -")
        self.assertEqual(self.text("/quote/new"), "one GET - -")
        self.assertEqual(self.text("/quote/a%2Fb%20c"), "one GET a/b c -")
        self.assertEqual(self.text("/files/a/b/c.txt"), "one GET - a/b/c.txt")
        self.assertEqual(self.text("/v2/quote/7"), "one GET 7 -")
        for path in ("/a%20b/~x", "/a%20b/%7Ex", "/%61%20b/~x"):  # by what it means
            self.assertEqual(self.text(path), "one GET - -", path)
        for path, method in (("/quote/", "POST"), ("/quote", "GET"), ("/QUOTE", "POST"), ("/files/", "GET"), ("", "GET"),
                             ("/quote/12/", "GET")):
            status, body, headers = self.server.call(path, method)
            self.assertEqual((status, body), (404, b'{"message":"Not Found"}'), path)
            self.assertTrue(headers["x-amzn-requestid"] and headers["x-call-id"] == headers["x-amzn-requestid"])
        self.assertEqual(self.server.call("/fn/shop/prod/quote", "POST")[0], 404)

    def test_head_runs_get(self):
        status, body, headers = self.server.call("/quote/12", "HEAD")
        self.assertEqual((status, body, headers["content-length"]), (200, b"", str(len("one GET 12 -"))))
        _, _, headers = self.server.call("/money", "HEAD")  # ANY: what was sent
        self.assertEqual(headers["content-length"], self.server.call("/money")[2]["content-length"])

    def test_names(self):
        for path in ("/function/shop-dev-quote", "/function/quote", "/function/quote/more/of/it"):
            self.assertTrue(self.text(path, "POST").startswith("one POST"), path)
        self.assertEqual(self.server.call("/function/none", "POST")[0], 404)
        self.assertTrue(self.text("/fn-url/shop-dev-money").startswith("USD"))
        self.assertEqual(self.server.request("GET", "/fn-url/shop-dev-quote")[0], 404)

    def test_async_addresses(self):
        for path in ("/quote/async", "/async-function/quote", "/async-function/shop-dev-quote/rest", "/function/quote/async"):
            self.assertEqual(self.server.call(path, "POST", b"x")[0], 202, path)
        self.assertEqual(self.text("/jobs/async", "POST"), "one POST - -")  # declared so
        self.assertEqual(self.text("/jobs/sync", "POST"), "one POST sync -")
        status, _, headers = self.server.call("/quote/async", "GET")
        self.assertEqual(status, 200)  # {id} is "async"; there is no GET of /quote
        self.assertEqual(self.server.call("/jobs/7/async", "POST")[0], 202)
        status, _, headers = self.server.call("/v2/quote/7/async", "POST")
        self.assertEqual((status, headers["allow"]), (405, ""))

    def test_preflight(self):
        status, body, headers = self.server.call("/quote/12", "OPTIONS", Origin="https://a.example",
                                                 Access_Control_Request_Method="GET")
        self.assertEqual((status, body, headers["access-control-allow-methods"]), (200, b"", "GET,OPTIONS"))
        self.assertEqual(self.server.call("/quote", "OPTIONS")[0], 404)

    def test_routes_are_beside_it(self):
        self.server.drop("work")
        self.server.drop("work", "shop/dev/hidden.so")
        self.server.wait_live("work")
        self.server.wait_live("shop/dev/hidden")
        self.assertEqual(self.server.request("POST", "/fn/work", b"")[0], 200)
        self.assertEqual(self.text("/quote/12"), "one GET 12 -")
        self.assertEqual(self.server.call("/hidden", "POST")[0], 404)  # the addresses are the service's
        self.assertEqual(self.server.call("/function/shop/dev/hidden", "POST", b"")[0], 200)
        problem = wait_until(lambda: [p for p in self.server.problems() if p["kind"] == "clash"], "the clash to be told")
        self.assertIn("the service at /fn/shop/dev", problem[0]["message"])


class MountTest(ServiceTest):
    config = CONFIG.replace("functions:\n", "custom: { interlude: { mount: /p, awsErrors: true } }\n    functions:\n", 1)
    arguments = ["--aws-urls"]

    def test_mounted_and_as_the_peer_has_them(self):
        for path in ("/p/quote/12", "/fn/shop/dev/quote/12", "/dev/quote/12"):
            self.assertEqual(self.server.request("GET", path)[1], b"one GET 12 -", path)
        self.assertEqual(self.server.request("GET", "/p/v2/quote/12")[0], 200)
        self.assertEqual(self.server.request("GET", "/dev/v2/quote/12")[0], 403)  # httpApi has no stage in its paths
        status, body, headers = self.server.request("GET", "/p/nothing")
        self.assertEqual((status, body), (403, b'{"message":"Missing Authentication Token"}'))
        self.assertEqual(self.server.request("GET", "/nothing")[0], 404)
        self.assertEqual(self.server.request("GET", "/dashboard/local/develop/actions")[0], 200)
        self.assertIn("GET - http://localhost:%d/p/quote/{id}\n" % self.server.port, self.server.log())


class WarningTest(ServiceTest):
    config = CONFIG.replace("timeout: 1\n", "timeout: 1\n        timeot: 2\n", 1)

    def test_a_warning_is_said_once(self):
        def lives():
            return self.server.log().count("(dev) is live")

        for text, wrong in (("# a line more\n" + self.config, None), (self.config + "    custom: [\n", "flow"),
                            (self.config + "    custm: 1\n", None),
                            (self.config.replace("ANY /money", "ANYTHING /money") + "    custm: 1\n", "METHOD PATH"), (self.config, None)):
            before = lives()
            self.server.write("serverless.yml", text)
            wait_until(lambda: wrong in self.server.log() if wrong else lives() > before, lambda: "it to be read; log:\n" + self.server.log())
        log = self.server.log()
        self.assertEqual(log.count("warning: Unrecognized property 'timeot'"), 1)
        self.assertEqual(log.count("warning: Unrecognized property 'custm'"), 1)
        self.assertEqual(log.count(" is not METHOD PATH"), 1)


class OptionsTest(unittest.TestCase):
    """What the command line says about the file, as for the other commands about a service."""

    def test_file_parameters_and_region(self):
        server = Service("nothing of this is read", {"say": SAY})
        server.arguments = ["-c", "other.yml", "-r", "eu", "--param", "currency=GBP", "--allow-outside"]
        outside = tempfile.NamedTemporaryFile("w", suffix=".yml")
        self.addCleanup(outside.close)
        outside.write("unit: cent\n")
        outside.flush()
        text = CONFIG.replace("CURRENCY: USD", "CURRENCY: '${param:currency}-${opt:region}-${file(%s):unit}'" % outside.name)
        server.write("other.yml", text)
        try:
            server.start()
            self.assertEqual(server.call("/money")[1].split()[0], b"GBP-eu-cent")
            server.write("other.yml", text.replace("${opt:region}", "${opt:region}-again"))
            wait_until(lambda: server.call("/money")[1].startswith(b"GBP-eu-again"), "the change to be live")
            server.write("other.yml", text + "    - [\n")
            wait_until(lambda: [problem["file"] for problem in server.problems()] == ["other.yml"], "the problem to be told")
            server.write("other.yml", text)
            wait_until(lambda: not server.problems(), "the problem to be gone")
        finally:
            server.stop()

    def test_what_cannot_be(self):
        with tempfile.TemporaryDirectory() as folder:
            for arguments, code, sentence in ((["-c", "other.yml"], 1, "there is no other.yml in " + folder),
                                              (["-c", "a/b.yml"], 2, "--config is a file of the project"),
                                              (["--param", "x"], 2, "--param takes NAME=VALUE")):
                done = subprocess.run([INTERLUDE, "dev", *arguments], cwd=folder, capture_output=True, text=True,
                                      timeout=60, check=False)
                self.assertEqual(done.returncode, code)
                self.assertIn(sentence, done.stderr)


class RootTest(ServiceTest):
    config = CONFIG.replace("functions:\n", "custom: { interlude: { mount: / } }\n    functions:\n", 1).replace(
        "- http: POST /quote\n", "- http: POST /quote\n          - http: GET /\n          - http: GET /api/thing\n")

    def test_at_the_root(self):
        self.assertEqual(self.server.request("GET", "/")[1], b"one GET - -")
        self.assertEqual(self.server.request("GET", "/api/thing")[1], b"one GET - -")
        self.assertEqual(self.server.request("GET", "/api/other")[2]["content-type"], "application/problem+json")
        self.assertEqual(self.server.request("GET", "/dashboard/local/develop/actions")[0], 200)
        self.assertEqual(self.server.request("GET", "/readyz")[0], 200)
        for method in "GET", "POST":
            status, body, headers = self.server.request(method, "/nothing")
            self.assertEqual((status, body), (404, b'{"message":"Not Found"}'))
            self.assertTrue(lower(headers)["x-amzn-requestid"])
        self.server.write("serverless.yml", self.config.replace("mount: /", "mount: /, awsErrors: true"))
        wait_until(lambda: self.server.request("GET", "/nothing")[0] == 403, "the other answer")


class ExampleTest(unittest.TestCase):
    """The example of functions.md 1.2, as it stands there."""
    config = """
        service: shop
        frameworkVersion: '3'
        useDotenv: true
        provider:
          name: interlude            # 'aws' is accepted and means the same here
          runtime: c17
          stage: ${opt:stage, 'dev'}
          memorySize: 128
          timeout: 6
          environment: { CURRENCY: EUR }
          logRetentionInDays: 14
          httpApi: { cors: true }
          apiGateway:
            apiKeys:
              - ${sls:stage}-partner                     # name only: the value is generated
              - { name: legacy, value: '${env:LEGACY_KEY}', enabled: true }
            usagePlan:
              quota: { limit: 5000, offset: 0, period: MONTH }
              throttle: { rateLimit: 100, burstLimit: 200 }
        package:
          individually: false
          patterns: ['!**', 'dist/**', 'config/${sls:stage}.json']
        functions:
          quote:
            handler: dist/quote.handler
            description: price for a basket
            timeout: 10
            events:
              - http: POST /quote
              - http: { path: 'quote/{id}', method: get, cors: true, private: true }
              - httpApi: 'GET /v2/quote/{id}'
          nightly:
            handler: dist/nightly.handler
            events: [ { schedule: 'cron(15 3 * * ? *)' } ]
          thumbs:
            handler: dist/thumbs.handler
            events:
              - http: { path: thumbs, method: post, async: true }
        custom:
          interlude:
            mount: /
            functions:
              thumbs: { async: { queue: slow, maxInflight: 2, attempts: 5 } }   # ours, section 3
        resources: {}
        """

    def test_f20_it_runs_unchanged(self):
        key = "legacy-key-of-a-partner"
        source = "#include <interlude.h>\nstatic il_status handler(il_request *req, il_response *res)\n{\n" \
                 "    (void)req;\n    return il_respond(res, 200, \"text/plain\", \"%s\", 5);\n}\n" \
                 "IL_FUNCTION(handler, .method = \"ANY\");\n"
        server = Service(self.config, {"quote": source % "quote", "nightly": source % "night", "thumbs": source % "thumb"},
                         LEGACY_KEY=key).start()
        try:
            self.assertEqual(server.problems(), [])
            for base in "", "/fn/shop/dev":
                self.assertEqual(server.request("POST", base + "/quote", b"")[:2], (200, b"quote"))
                self.assertEqual(server.request("GET", base + "/v2/quote/7")[:2], (200, b"quote"))
                self.assertEqual(server.request("GET", base + "/quote/7")[:2], (403, b'{"message":"Forbidden"}'))
                self.assertEqual(server.request("GET", base + "/quote/7", None, {"x-api-key": key})[:2], (200, b"quote"))
                self.assertEqual(server.request("POST", base + "/thumbs", b"{}")[0], 202)
            self.assertEqual(server.request("POST", "/2015-03-31/functions/nightly/invocations", b"{}")[0], 200)
            self.assertIn("ENDPOINTS", server.log().replace("endpoints:\n  POST - http://localhost:%d/quote\n"
                                                            "  GET - http://localhost:%d/quote/{id}\n"
                                                            "  GET - http://localhost:%d/v2/quote/{id}\n"
                                                            "  POST - http://localhost:%d/thumbs\n" % (4 * (server.port,)), "ENDPOINTS"))
        finally:
            server.stop()


class PeerTest(unittest.TestCase):
    """A file as people have it who come from serverless-offline: what is AWS's or the peer's own is told and left out."""

    config = """
        service: sample-api
        frameworkVersion: '3'
        plugins:
          - serverless-offline
        provider:
          name: aws
          runtime: provided.al2023
          stage: ${opt:stage, 'dev'}
          region: ${opt:region, 'eu-west-1'}
          tracing: { lambda: true }
          environment: { STAGE: '${sls:stage}', TABLE: '${self:custom.table}' }
        custom:
          serverless-offline: { httpPort: 4000, noPrependStageInUrl: true }
          table: '${self:service}-${self:provider.stage}'
        functions:
          hello:
            handler: dist/echo.echo
            events:
              - http: { path: hello, method: get, cors: true }
              - http: { path: hello, method: post }
              - http: { path: '/all/{proxy+}', method: any }
              - httpApi: 'GET /v2/hello'
              - httpApi: { path: '/v2/any', method: '*' }
              - websocket: $connect
              - schedule: rate(1 hour)
        resources:
          Resources:
            Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: !Sub '${AWS::StackName}-t' } }
        """

    def test_f20_it_runs_unchanged(self):
        server = Service(self.config, {"echo": ECHO}).start()
        try:
            self.assertEqual(server.problems(), [])
            for method, path, resource in (("GET", "/hello", "/hello"), ("POST", "/hello", "/hello"),
                                           ("PUT", "/all/a/b", "/all/{proxy+}")):
                status, answer, _ = server.request(method, "/fn/sample-api/dev" + path, b"" if method != "GET" else None)
                self.assertEqual((status, json.loads(answer)["resource"]), (200, resource))
            for method, path, key in (("GET", "/v2/hello", "GET /v2/hello"), ("DELETE", "/v2/any", "ANY /v2/any")):
                status, answer, _ = server.request(method, "/fn/sample-api/dev" + path)
                self.assertEqual((status, json.loads(answer)["routeKey"]), (200, key))
            for sentence in ("nothing of it goes to AWS", "is ignored: provider.tracing", "event source websocket",
                             "CloudFormation is not asked"):
                self.assertEqual(server.log().count(sentence), 1, sentence)
            self.assertNotIn("error:", server.log())
        finally:
            server.stop()


class ProcessTest(ServiceTest):
    def test_each_function_has_its_environment_and_process(self):
        currency, offline, pid = self.text("/money").split()
        self.assertEqual((currency, offline), ("USD", "true"))
        self.text("/quote/1")
        self.assertEqual(len(self.server.runners("shop/dev/money")), 1)
        self.assertEqual(len(self.server.runners("shop/dev/quote")), 1)
        self.assertNotEqual(self.server.runners("shop/dev/money"), self.server.runners("shop/dev/quote"))
        self.assertEqual(self.server.live(), {})  # nothing of it is a route of the dashboard

        self.server.write("serverless.yml", CONFIG.replace("USD", "GBP"))
        wait_until(lambda: self.text("/money").startswith("GBP"), "the new environment")
        self.assertNotEqual(self.text("/money").split()[2], pid)
        wait_until(lambda: len(self.server.runners("shop/dev/money")) == 1, "the old process to leave")

    def test_a_change_that_changes_nothing_keeps_the_process(self):
        pid = self.text("/money").split()[2]
        self.server.write("serverless.yml", CONFIG + "\n    # a remark\n")
        self.server.write("serverless.yml", CONFIG.replace("timeout: 1", "timeout: 2"))
        wait_until(lambda: self.server.log().count("(dev) is live") > 1, "the service to be live again")
        self.assertEqual(self.text("/money").split()[2], pid)


class ReloadTest(ServiceTest):
    def test_a_source_a_config_and_an_object(self):
        self.server.write("dist/say.c", SAY.replace('"one"', '"two"'))
        wait_until(lambda: self.text("/quote/1") == "two GET 1 -", "the new source")
        self.server.write("serverless.yml", CONFIG.replace("GET /quote/new", "GET /quote/newest"))
        wait_until(lambda: self.text("/quote/newest") == "two GET - -", "the new address")
        self.assertIn("GET - http://localhost:%d/fn/shop/dev/quote/newest\n" % self.server.port, self.server.log())
        built = os.path.join(self.server.directory, ".interlude", "build-service", "dist", "say.so")
        with open(built, "rb") as file:
            content = file.read().replace(b"two\0", b"3rd\0")
        os.unlink(os.path.join(self.server.directory, "dist", "say.c"))
        with open(os.path.join(self.server.directory, "dist", "say.so.part"), "wb") as file:
            file.write(content)
        os.rename(os.path.join(self.server.directory, "dist", "say.so.part"), os.path.join(self.server.directory, "dist", "say.so"))
        wait_until(lambda: self.text("/quote/1") == "3rd GET 1 -", "the object")

    def test_what_is_wrong_leaves_the_last_good_one(self):
        self.server.write("serverless.yml", CONFIG.replace("timeout: 1", "timeout: never", 1))
        wait_until(lambda: "serverless.yml is not taken; the version before it still serves." in self.server.log(), "the terminal to say so")
        problem = wait_until(self.server.problems, "the problem")[0]
        self.assertEqual((problem["file"], problem["stillServing"]), ("serverless.yml", True))
        self.assertRegex(problem["message"], r"^serverless.yml:\d+: ")
        self.assertTrue(problem["diagnostics"][0]["line"])
        self.assertRegex(self.server.log(), r"serverless.yml:\d+:\d+: error: ")
        self.assertEqual(self.text("/quote/1"), "one GET 1 -")
        self.server.write("serverless.yml", CONFIG)
        wait_until(lambda: not self.server.problems(), "the problem to go")

        self.server.write("dist/say.c", SAY.replace("il_respond(", "il_respond(,"))
        problem = wait_until(self.server.problems, "the compiler's problem")[0]
        self.assertEqual((problem["kind"], problem["file"]), ("compile", "dist/say.c"))
        self.assertEqual(self.text("/quote/1"), "one GET 1 -")
        self.server.write("dist/say.c", SAY.replace('"one"', '"two"'))
        wait_until(lambda: self.text("/quote/1") == "two GET 1 -" and not self.server.problems(), "all to be well")

        self.server.write("serverless.yml", CONFIG.replace("dist/say.money", "dist/say.mony"))
        problem = wait_until(self.server.problems, "the missing symbol to be told")[0]
        self.assertIn("it has no function 'mony'; there is: handler, money", problem["message"])
        self.assertTrue(self.text("/quote/1"))

    def test_the_environment_file(self):
        self.server.write("serverless.yml", CONFIG.replace("CURRENCY: USD", "CURRENCY: '${env:MONEY, \"none\"}'"))
        wait_until(lambda: self.text("/money").startswith("none "), "the fallback")
        self.server.write(".env", "MONEY=CHF\n")
        wait_until(lambda: self.text("/money").startswith("CHF "), "what .env says")
        self.server.write(".env", "MONEY=SEK\n")
        wait_until(lambda: self.text("/money").startswith("SEK "), "what .env says now")

    def test_a_version_that_crashes_at_once_is_taken_back(self):
        self.assertTrue(self.text("/quote/1"))
        self.server.write("dist/say.c", SAY.replace('"one"', '"two"').replace(
            "return say(req, res, il_rfmt(req, \"%s %s %s %s\"", "raise(11); return say(req, res, il_rfmt(req, \"%s %s %s %s\""))
        wait_until(lambda: self.server.call("/quote/1")[0] == 502, "the crash")
        wait_until(lambda: self.server.call("/quote/1")[1] == b"one GET 1 -", "the version before it")
        problem = wait_until(lambda: [p for p in self.server.problems() if p["kind"] == "crash"], "the crash to be told")[0]
        self.assertIn("was replaced by the version before it", problem["message"])
        self.server.write("serverless.yml", CONFIG + "\n    # a remark\n")  # that does not bring it back
        self.server.write("serverless.yml", CONFIG.replace("GET /quote/new", "GET /quote/newest"))
        wait_until(lambda: self.server.call("/quote/newest")[1] == b"one GET - -", "the new address")

    def test_the_service_goes_and_comes(self):
        os.unlink(os.path.join(self.server.directory, "serverless.yml"))
        wait_until(lambda: "is not served any more: its file has gone." in self.server.log(), "the terminal to say so")
        wait_until(lambda: self.server.call("/quote/1")[0] == 404, "the service to be gone")
        self.server.write("serverless.yml", CONFIG)
        wait_until(lambda: self.server.call("/quote/1")[0] == 200, "the service to be back")

    def test_all_or_nothing_for_those_who_call(self):
        """Two functions of one file change while they are called in turn: never an old answer after a new one."""
        seen, stop = [], threading.Event()

        def ask():
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            while not stop.is_set():
                for path in "/quote/1", "/twin":
                    connection.request("GET", "/fn/shop/dev" + path)
                    answer = connection.getresponse()
                    seen.append((answer.status, answer.read()[:3]))
            connection.close()

        with concurrent.futures.ThreadPoolExecutor() as pool:
            task = pool.submit(ask)
            for mark in b"two", b"ten":
                self.server.write("dist/say.c", SAY.replace('"one"', '"%s"' % mark.decode()))
                wait_until(lambda: seen and seen[-1][1] == mark, "the new one")
            stop.set()
            task.result()
        self.assertEqual({status for status, _ in seen}, {200})
        marks = [mark for _, mark in seen]
        self.assertEqual([mark for i, mark in enumerate(marks) if i == 0 or mark != marks[i - 1]], [b"one", b"two", b"ten"])


class LogTest(ServiceTest):
    def lines(self, name="quote", **query):
        path = "/api/v1/functions/%s/logs" % name
        return self.server.json(path + ("?" + "&".join("%s=%s" % pair for pair in query.items()) if query else ""))

    def test_calls_and_output(self):
        self.text("/talk")
        answer = wait_until(lambda: (lambda got: len(got["lines"]) >= 5 and got)(self.lines("talk")), "the lines")
        start, first, second, end, report = answer["lines"][:5]
        ident = re.fullmatch(r"START RequestId: (\S+) Version: \$LATEST", start).group(1)
        self.assertRegex(first, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t%s\tto stdout$" % ident)
        self.assertTrue(second.endswith("\tto stderr"))
        self.assertEqual(end, "END RequestId: " + ident)
        self.assertRegex(report, r"^REPORT RequestId: %s\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 64 MB\t"
                                 r"Max Memory Used: [1-9]\d* MB\tInit Duration: [\d.]+ ms$" % ident)
        self.assertEqual(self.lines("talk", after=answer["next"])["lines"], [])
        self.assertEqual(len(self.lines("shop-dev-talk", filter="stderr")["lines"]), 1)
        self.assertEqual(self.lines("talk", since=int(time.time() * 1000) + 60000)["lines"], [])
        self.text("/talk")
        more = wait_until(lambda: self.lines("talk", after=answer["next"])["lines"], "more of them")
        self.assertNotIn(ident, "".join(more))
        self.assertEqual(self.server.request("GET", "/api/v1/functions/none/logs")[0], 404)
        day = time.strftime("%Y-%m-%d", time.gmtime())
        path = os.path.join(self.server.directory, ".interlude", "logs", "shop-dev-talk", day + ".log")
        with open(path, encoding="utf-8") as file:
            self.assertIn("\tSTART RequestId: %s Version: $LATEST\n" % ident, file.read())

    def test_the_end_of_it_with_an_answer(self):
        status, _, headers = self.server.request("POST", "/2015-03-31/functions/talk/invocations", b"{}",
                                                 {"X-Amz-Log-Type": "Tail"})
        self.assertEqual(status, 200)
        for _ in range(20):  # of this call, and whole
            _, _, headers = self.server.request("POST", "/2015-03-31/functions/talk/invocations", b"{}", {"X-Amz-Log-Type": "Tail"})
            headers = lower(headers)
            ident = headers["x-amzn-requestid"]
            self.assertRegex(base64.b64decode(headers["x-amz-log-result"]).decode(),
                             r"^START RequestId: {0} [^\n]*\n{0}\tto stdout\n{0}\tto stderr\nEND RequestId: {0}\nREPORT RequestId: {0}[^\n]*\n$"
                             .format(ident))


class ErrorTest(ServiceTest):
    FAILED = (502, b'{"message": "Internal server error"}'), (500, b'{"message":"Internal Server Error"}')
    LATE = (504, b'{"message": "Endpoint request timed out"}'), (503, b'{"message":"Service Unavailable"}')
    BUSY = (429, b'{"message":"Too Many Requests"}'), (503, b'{"message":"Service Unavailable"}')

    def both(self, how, expected):
        for prefix, (status, body) in zip(("", "/v2"), expected):
            got, answer, headers = self.server.call("%s/bad/%s" % (prefix, how))
            self.assertEqual((got, answer), (status, body), how)
            self.assertTrue(headers["x-call-id"])
        # a pair of crashes does not open the breaker yet, and a good call is a good call at once
        self.assertEqual(self.server.call("/bad/not")[0], 200, how)

    def test_f5_a_crash(self):
        self.both("segv", self.FAILED)

    def test_f5_an_exit(self):
        self.both("exit", self.FAILED)

    def test_f5_a_failure_and_a_late_answer(self):
        self.both("fail", self.FAILED)
        self.both("sleep", self.LATE)

    def test_reserved_concurrency(self):
        for prefix, expected in zip(("", "/v2"), self.BUSY):
            self.assertEqual(self.server.call(prefix + "/off")[:2], expected)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            got = [task.result() for task in [pool.submit(self.server.call, "/one") for _ in range(6)]]
        statuses = sorted(status for status, _, _ in got)
        self.assertIn(200, statuses)
        self.assertIn(429, statuses)
        self.assertEqual(set(statuses), {200, 429})


class LimitTest(ServiceTest):
    config = CONFIG.replace("functions:\n", "custom: { interlude: { gatewayTimeout: 1 } }\n    functions:\n", 1).replace(
        "handler: dist/say.bad\n        timeout: 3", "handler: dist/say.bad\n        timeout: 60")

    def raw(self, head, body=b""):
        """Status, header lines and body of a request that is sent byte for byte."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as sock:
            sock.sendall(head.encode() + b"\r\nHost: localhost\r\n\r\n" + body)
            answer = http.client.HTTPResponse(sock)
            answer.begin()
            return answer.status, str(answer.headers).lower(), answer.read()

    def test_too_large(self):
        for path, text in (("/fn/shop/dev/quote", b'{"message":"Request Too Long"}'),
                           ("/fn/shop/dev/v2/quote/1", b'{"message":"Request Entity Too Large"}')):
            method = "GET" if "v2" in path else "POST"
            status, headers, body = self.raw("%s %s HTTP/1.1\r\nContent-Length: 10485761" % (method, path))
            self.assertEqual((status, body), (413, text))
            self.assertIn("x-amzn-requestid: ", headers)
        status, headers, body = self.raw("GET /fn/shop/dev/quote/%s HTTP/1.1" % ("x" * 8200))
        self.assertEqual((status, body), (414, b'{"message":"URI Too Long"}'))
        status, headers, body = self.raw("GET /fn/shop/dev/quote/1 HTTP/1.1\r\nX-Long: " + "x" * 17000)
        self.assertEqual((status, body), (431, b'{"message":"Request Header Fields Too Large"}'))
        status, headers, body = self.raw("POST /api/v1/keys HTTP/1.1\r\nContent-Length: 10485761")
        self.assertEqual((status, "problem+json" in headers), (413, True))

    def test_the_gateway_is_not_as_patient_as_the_function(self):
        for prefix, expected in zip(("", "/v2"), ErrorTest.LATE):
            self.assertEqual(self.server.call(prefix + "/bad/sleep")[:2], expected)  # it sleeps nine seconds, and then is good


class InvokeTest(ServiceTest):
    def invoke(self, name, body=b"{}", **headers):
        status, answer, got = self.server.request("POST", "/2015-03-31/functions/%s/invocations" % name, body,
                                                  {name.replace("_", "-"): value for name, value in headers.items()})
        self.assertTrue(lower(got)["x-call-id"])
        return status, answer, lower(got)

    def test_kinds_of_invocation(self):
        status, body, headers = self.invoke("quote")
        self.assertEqual((status, json.loads(body)["statusCode"]), (200, 200))
        self.assertNotIn("x-amz-function-error", headers)
        for name in ("shop-dev-quote", "quote:7", "arn:aws:lambda:us-east-1:000000000000:function:shop-dev-quote:prod"):
            self.assertEqual(self.invoke(name)[0], 200, name)
        self.assertEqual(self.invoke("quote", X_Amz_Invocation_Type="DryRun")[:2], (204, b""))
        self.assertEqual(self.invoke("quote", X_Amz_Invocation_Type="Event")[:2], (202, b""))
        self.assertEqual(self.invoke("quote", X_Amz_Invocation_Type="Sometimes")[0], 400)
        status, body, headers = self.invoke("none")
        self.assertEqual((status, headers["x-amzn-errortype"]), (404, "ResourceNotFoundException"))
        self.assertEqual(json.loads(self.invoke("quoet")[1])["message"], "Function not found: quoet. Did you mean quote?")
        self.assertEqual(self.invoke("quote", b"{oops")[0], 400)
        self.assertEqual(self.invoke("quote", b'"' + b"x" * 6291456 + b'"')[0], 413)
        self.assertEqual(self.invoke("off")[0], 429)
        status, body, headers = self.server.request("PUT", "/2015-03-31/functions/quote/invocations", b"{}")
        headers = lower(headers)
        self.assertEqual((status, headers["allow"], headers["x-amzn-errortype"]), (405, "POST", "MethodNotAllowedException"))
        status, body, headers = self.invoke("quote", b"x" * 10485761)
        self.assertEqual((status, headers["x-amzn-errortype"]), (413, "RequestTooLargeException"))

    def test_errors_are_answers(self):
        status, body, headers = self.invoke("one", X_Amz_Client_Context=base64.b64encode(b'{"custom":{"a":"b"}}').decode())
        self.assertEqual(status, 200)
        for how, kind, error, text in (("fail", "Handled", "Error", "IL_INVALID"), ("segv", "Unhandled", "Runtime.ExitError", "has ended"),
                                       ("exit", "Unhandled", "Runtime.ExitError", "has ended"),
                                       ("sleep", "Unhandled", "Sandbox.Timedout", "Task timed out after 3.00 seconds")):
            status, body, headers = self.invoke("bad", b'"%s"' % how.encode())
            said = json.loads(body)
            self.assertEqual((status, headers["x-amz-function-error"], said["errorType"], said["stackTrace"]), (200, kind, error, []), how)
            self.assertIn(text, said["errorMessage"])
            self.assertEqual(self.invoke("bad", b'"not"')[0], 200, how)

    def test_strangers_need_a_key(self):
        stranger = {"Host": "tools.example.test"}
        status, body, headers = self.invoke("quote", **stranger)
        self.assertEqual((status, headers["x-amzn-errortype"]), (403, "MissingAuthenticationTokenException"))
        status, body, headers = self.invoke("quote", Authorization="Bearer live_nobody", **stranger)
        self.assertEqual((status, headers["x-amzn-errortype"]), (403, "UnrecognizedClientException"))
        self.assertEqual(self.invoke("quote", Authorization="Bearer " + self.server.api_key(), **stranger)[0], 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
