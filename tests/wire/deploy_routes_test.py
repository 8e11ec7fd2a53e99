# SPDX-License-Identifier: MIT
"""Actions, pages and functions of routes/ in a deployment: one switch with the functions of the service (issue 5)."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import INTERLUDE, ROUTES, Browser, Server, wait_until  # noqa: E402

SERVICE = """service: shop
provider: { name: interlude, environment: { CURRENCY: EUR } }
package: { patterns: ['!**'] }
functions:
  quote: { handler: dist/quote.handler, events: [ { http: GET /quote } ] }
"""
ONLY_ROUTES = "service: shop\nprovider: { name: interlude }\npackage: { patterns: ['!**'] }\ncustom: { interlude: { %s } }\n"
FUNCTION = """#include <interlude.h>
static il_status handler(il_request *req, il_response *res)
{
    (void)req;
    return il_respond(res, 200, "text/plain", "%s", 2);
}
IL_FUNCTION(handler);
"""
REFUND = """// link: -lm
#include <interlude.h>
#include <math.h>
#include <stdlib.h>
static il_status refund(il_ctx *ctx)
{
    const char *reason, *currency = getenv("CURRENCY");
    volatile double nine = 9;
    IL_TRY(il_ask(ctx, IL_TEXT(&reason, "Reason"), IL_LINK("Who", .route = "users", .params = IL_PARAMS({ "q", IL_S("a") })),
                  IL_LINK("Else", .route = "/hello")));
    return il_return(ctx, { "version", IL_S("%s") }, { "reason", IL_S(reason) }, { "three", IL_N(sqrt(nine)) },
                     { "data", IL_S(il_data_dir()) }, { "slug", IL_S(il_info(ctx)->slug) },
                     { "currency", IL_S(currency ? currency : "none") });
}
IL_ACTION(refund, .name = "Refund");
"""
USERS = """#include <interlude.h>
static il_status users(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    il_page_head(page, "Users %s", NULL, IL_MENU({ .label = "Refund", .route = "refund" }));
    return IL_OK;
}
IL_PAGE(users, .name = "Users");
"""
INDEX = """#include <interlude.h>
static il_status go(il_ctx *ctx)
{
    return il_redirect(ctx, .route = "refund");
}
IL_ACTION(go, .name = "Shop");
"""
MANY = """#include <interlude.h>
static il_status a(il_ctx *ctx)
{
    return il_return(ctx, { "x", IL_S("a") });
}
static il_status b(il_request *req, il_response *res)
{
    const char *id = il_path_param(req, "id");
    return il_respond(res, 200, "text/plain", id, strlen(id));
}
static const il_route all[] = {
    IL_ROUTE_ACTION("first", a),
    IL_ROUTE_FUNCTION("second", b, .path = "orders/{id}"),
};
IL_MODULE(all);
"""


class Routes(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="interlude-routes-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = Server().start()
        self.addCleanup(self.server.stop)
        self.env = dict(os.environ, HOME=os.path.join(self.folder, "home"), NO_COLOR="1")
        self.saved = 0
        self.base = os.path.join(self.folder, "shop")
        made = json.loads(self.run_it("login", "http://127.0.0.1:%d" % self.server.port, "--json").stdout)
        self.run_it("keys", "add-deployer", "ann", made["publicKey"], "--data", os.path.join(self.server.directory, ".interlude"))
        self.put("serverless.yml", SERVICE)
        self.put_version("v1")
        self.browser = None

    def put(self, name, text):
        path = os.path.join(self.base, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.saved += 5  # newer than what was compiled from the text before
        os.utime(path, (time.time() + self.saved, time.time() + self.saved))

    def put_version(self, version):
        self.put("dist/quote.c", FUNCTION % version)
        self.put("routes/refund.c", REFUND % version)
        self.put("routes/users/index.c", USERS % version)
        self.put("routes/ping.c", FUNCTION % version)

    def run_it(self, *words, code=0):
        done = subprocess.run([INTERLUDE, *words], cwd=self.base if os.path.isdir(self.base) else self.folder, env=self.env,
                              capture_output=True, encoding="utf-8", timeout=120, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr + self.server.log()[-2000:])
        return done

    def look(self):
        browser = Browser(self.server)
        self.addCleanup(browser.close)
        return browser

    def finish(self, browser, run, render):
        """Answers the question of refund; what it returns."""
        self.assertTrue(browser.answer(run, render, ["late", None, None]))
        status, data = browser.completed()
        self.assertEqual(status, "SUCCESS", data)
        return data

    def refund(self, slug="shop/dev/refund"):
        browser = self.look()
        run = browser.begin(slug)
        done = self.finish(browser, run, browser.render()[1])
        browser.close()
        return done

    def page(self, slug):
        browser, key = self.look(), str(uuid.uuid4())
        opened = browser.call("REQUEST_PAGE", {"pageKey": key, "pageSlug": slug, "organization": "local", "environment": "development",
                                               "actionMode": "console", "params": {}})
        self.assertEqual(opened, {"type": "SUCCESS", "pageKey": key})
        return json.loads(browser.next("RENDER_PAGE")[1]["page"])

    def answers(self, path, status, text=None):
        got = self.server.get(path)[:2]
        self.assertEqual(got[0], status, got)
        if text:
            self.assertEqual(got[1].decode(), text)

    def slugs(self):
        return sorted(slug for slug, route in self.server.live().items() if route.get("file"))  # others are headings above them

    def all_are(self, version):
        self.assertEqual(self.refund()["version"], version)
        self.assertEqual(self.page("shop/dev/users")["title"], "Users " + version)
        self.answers("/fn/shop/dev/quote", 200, version)
        self.answers("/fn/shop/dev/ping", 200, version)

    # ---- one deployment

    def test_functions_actions_and_pages_are_one_deployment(self):
        shown = self.run_it("deploy").stdout
        place = "http://localhost:%d" % self.server.port
        self.assertTrue(shown.endswith("routes:\n  shop/dev/ping: GET - %s/fn/shop/dev/ping\n"
                                       "  shop/dev/refund: %s/dashboard/local/develop/actions/shop/dev/refund\n"
                                       "  shop/dev/users: %s/dashboard/local/develop/actions/shop/dev/users\n" % (place, place, place)), shown)
        self.assertTrue(shown.endswith(self.run_it("info").stdout))
        routes = json.loads(self.run_it("info", "--json").stdout)["info"]["routes"]
        self.assertEqual(routes[1], {"slug": "shop/dev/refund", "kind": "action", "name": "Refund", "file": "routes/refund.so",
                                     "url": place + "/dashboard/local/develop/actions/shop/dev/refund"})
        self.assertEqual(self.slugs(), ["shop/dev/ping", "shop/dev/refund", "shop/dev/users"])
        self.assertEqual(self.server.live()["shop/dev/refund"]["name"], "Refund")
        self.all_are("v1")
        self.assertIn("No changes to deploy.", self.run_it("deploy").stdout)
        self.put_version("v2")
        self.run_it("deploy")
        self.all_are("v2")
        self.put("routes/broken.c", "#include <interlude.h>\n__attribute__((constructor)) static void trap(void)\n{\n"
                 "    __builtin_trap();\n}\n" + INDEX.split("\n", 1)[1])
        self.put_version("v3")
        self.assertIn("routes/broken.so: it could not be opened", self.run_it("deploy", code=1).stderr)
        self.all_are("v2")
        first = json.loads(self.run_it("deploy", "list", "--json").stdout)["deployments"][-1]["timestamp"]
        self.run_it("rollback", "-t", str(first))
        self.all_are("v1")
        self.server.stop(keep=True)
        self.server.start()
        self.all_are("v1")
        self.run_it("remove")
        self.assertEqual(self.slugs(), [])
        self.assertEqual(self.look().create("shop/dev/refund")["type"], "ERROR")
        self.answers("/fn/shop/dev/ping", 404)
        self.assertEqual(self.server.problems(), [])

    def test_what_is_open_ends_on_the_version_it_began_on(self):
        self.run_it("deploy")
        browser = self.look()
        run = browser.begin("shop/dev/refund")
        render = browser.render()[1]
        self.put_version("v2")
        self.run_it("deploy")
        self.assertEqual(self.refund()["version"], "v2")
        self.assertEqual(self.finish(browser, run, render)["version"], "v1")
        again = self.look()
        run = again.begin("shop/dev/refund")
        render = again.render()[1]
        self.run_it("remove")
        self.assertEqual(self.finish(again, run, render)["version"], "v2")
        browser.close()
        again.close()
        wait_until(lambda: not self.server.runners("shop/dev"), "the processes of what was removed to leave")

    def test_eight_old_processes_at_most(self):
        """Somebody who leaves a form open for days does not keep a process for every deployment since."""
        runs = []
        for _ in range(10):
            self.run_it("deploy", "--force")
            browser = self.look()
            runs.append((browser, browser.begin("shop/dev/refund"), browser.render()[1]))
        self.run_it("deploy", "--force")
        for browser, run, _ in runs[:2]:
            wait_until(lambda: self.server.transaction(run)["resultStatus"], "the oldest run to end")
            self.assertEqual(self.server.transaction(run)["resultStatus"], "FAILURE")
            self.assertIn("replaced by newer versions", json.dumps(self.server.transaction(run)))
        for browser, run, render in runs[2:]:
            self.assertEqual(self.finish(browser, run, render)["version"], "v1")

    def test_a_run_outlives_a_killed_server(self):
        self.run_it("deploy")
        browser = self.look()
        run = browser.begin("shop/dev/refund")
        browser.render()
        self.server.kill()
        self.server.start()
        self.all_are("v1")
        after = self.look()
        wait_until(lambda: after.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": run}), "the run to come back")
        self.assertEqual(self.finish(after, run, after.render()[1])["version"], "v1")

    # ---- names

    def test_a_module_need_not_know_where_it_is_deployed(self):
        self.put("routes/index.c", INDEX)
        self.put("routes/tools/many.c", MANY)
        self.run_it("deploy")
        self.assertEqual(self.slugs(), ["shop/dev", "shop/dev/ping", "shop/dev/refund", "shop/dev/tools/first",
                                        "shop/dev/tools/second", "shop/dev/users"])
        browser = self.look()
        run = browser.begin("shop/dev/refund")
        render = browser.render()[1]
        links = [item["props"] for item in render["toRender"][1:]]
        self.assertEqual([link["route"] for link in links], ["shop/dev/users", "hello"])
        done = self.finish(browser, run, render)
        self.assertEqual((done["slug"], done["three"], done["currency"]), ("refund", 3, "EUR"))
        self.assertTrue(done["data"].endswith("/modules-data/shop/dev/routes/refund"), done)
        self.assertEqual(self.page("shop/dev/users")["menuItems"][0]["route"], "shop/dev/refund")
        browser.begin("shop/dev")
        self.assertEqual(browser.next("REDIRECT")[1]["route"], "shop/dev/refund")
        self.answers("/fn/shop/dev/orders/7", 200, "7")
        self.answers("/fn/shop/dev/none", 404)

    def test_one_function_and_what_is_not_well(self):
        """`deploy function` leaves routes alone; a route that refuses to load leaves everything as it is."""
        self.run_it("deploy")
        self.put_version("v2")
        self.run_it("deploy", "function", "-f", "quote")
        self.answers("/fn/shop/dev/quote", 200, "v2")
        self.answers("/fn/shop/dev/ping", 200, "v1")
        self.assertEqual(self.refund()["version"], "v1")
        self.put("routes/sick.c", INDEX.replace("#include <interlude.h>", """#include <interlude.h>
static il_status load(il_ctx *ctx)
{
    (void)ctx;
    return IL_FAILED;
}""").replace('.name = "Shop"', '.name = "Shop", .load = load'))
        self.assertIn("routes/sick.so", self.run_it("deploy", code=1).stderr)
        self.assertEqual(self.slugs(), ["shop/dev/ping", "shop/dev/refund", "shop/dev/users"])
        self.assertEqual(self.refund()["version"], "v1")
        os.unlink(os.path.join(self.base, "routes/sick.c"))
        self.run_it("deploy")
        self.all_are("v2")

    def test_an_action_that_crashes_at_once_takes_its_deployment_back(self):
        self.run_it("deploy")
        self.put_version("v2")
        self.put("routes/refund.c", INDEX.replace("    return il_redirect", "    __builtin_trap();\n    return il_redirect"))
        self.put("routes/new.c", INDEX)
        self.run_it("deploy")
        self.assertEqual(self.slugs(), ["shop/dev/new", "shop/dev/ping", "shop/dev/refund", "shop/dev/users"])
        browser = self.look()
        browser.begin("shop/dev/refund")
        self.assertEqual(browser.completed()[0], "FAILURE")
        wait_until(lambda: "shop/dev/new" not in self.slugs(), "the version before it to be back")
        self.all_are("v1")

    def test_queue_and_history_know_its_slug(self):
        self.run_it("deploy")
        status, body, _ = self.server.request("POST", "/api/actions/enqueue", json.dumps({"slug": "shop/dev/refund"}).encode(), {
            "Authorization": "Bearer " + self.server.api_key(), "Content-Type": "application/json"})
        self.assertEqual(status, 200, body)
        browser = self.look()
        made = browser.call("CREATE_TRANSACTION", {"organization": "local", "environment": "development", "slug": "shop/dev/refund",
                                                   "params": {}, "queuedActionId": json.loads(body)["id"]})
        run = made["transactionId"]
        self.assertTrue(browser.call("CONNECT_TO_TRANSACTION_AS_CLIENT", {"transactionId": run}))
        self.assertEqual(self.finish(browser, run, browser.render()[1])["version"], "v1")
        self.run_it("remove")
        self.assertEqual((self.server.transaction(run)["slug"], self.server.transaction(run)["resultStatus"]), ("shop/dev/refund", "SUCCESS"))

    def test_two_stages_on_one_server(self):
        self.run_it("deploy", "--stage", "prod")
        self.put_version("v2")
        self.run_it("deploy", "--stage", "staging")
        self.assertEqual(self.refund("shop/prod/refund")["version"], "v1")
        staging = self.refund("shop/staging/refund")
        self.assertEqual(staging["version"], "v2")
        self.assertTrue(staging["data"].endswith("/shop/staging/routes/refund"))
        self.run_it("remove", "--stage", "staging")
        self.assertEqual(self.slugs(), ["shop/prod/ping", "shop/prod/refund", "shop/prod/users"])
        self.assertEqual(self.refund("shop/prod/refund")["version"], "v1")

    def test_a_service_without_functions_and_prefix(self):
        shutil.rmtree(os.path.join(self.base, "dist"))
        self.put("serverless.yml", ONLY_ROUTES % "routesPrefix: back/office")
        self.run_it("deploy")
        self.assertEqual(self.refund("back/office/refund")["slug"], "refund")
        self.put("serverless.yml", ONLY_ROUTES % "routesPrefix: ''")
        self.run_it("deploy")
        self.assertEqual(self.slugs(), ["ping", "refund", "users"])
        self.assertEqual(self.refund("refund")["version"], "v1")
        self.answers("/fn/ping", 200, "v1")
        os.rename(os.path.join(self.base, "routes/refund.c"), os.path.join(self.base, "routes/repay.c"))
        self.run_it("deploy")
        self.assertEqual(self.slugs(), ["ping", "repay", "users"])
        self.put("serverless.yml", ONLY_ROUTES % "routes: false")
        self.run_it("deploy")
        self.assertEqual(self.slugs(), [])

    # ---- two claims on a slug

    def test_clash_with_a_file_of_routes(self):
        self.server.drop(os.path.join(ROUTES, "hello.so"))
        self.server.wait_live("hello")
        self.put("serverless.yml", ONLY_ROUTES % "routesPrefix: ''")
        self.put("routes/hello.c", INDEX)
        why = self.run_it("deploy", code=1).stderr
        self.assertIn("routes/hello.so: the slug 'hello' is already served by hello.so; rename or remove one of the two", why)
        self.assertEqual(self.slugs(), ["hello"])
        self.server.remove("hello.so")
        wait_until(lambda: not self.server.live(), "hello to be gone")
        self.run_it("deploy")
        self.server.drop(os.path.join(ROUTES, "hello.so"))
        problem = wait_until(self.server.problems, "the problem to be told")[0]["message"]
        self.assertIn("The slug 'hello' belongs to what is deployed, routes/hello.so of shop (dev)", problem)
        self.assertEqual(self.server.live()["hello"]["name"], "Shop")
        self.server.stop(keep=True)
        self.server.start()  # what was live stays so
        wait_until(self.server.problems, "the problem to be told again")
        self.assertEqual(self.server.live()["hello"]["name"], "Shop")
        os.unlink(os.path.join(self.base, "routes/hello.c"))
        self.run_it("deploy")
        wait_until(lambda: self.server.live()["hello"]["name"] != "Shop" and not self.server.problems(), "the file to have its slug")

    def test_clash_of_two_services(self):
        self.put("serverless.yml", ONLY_ROUTES % "routesPrefix: desk")
        self.run_it("deploy")
        self.put("serverless.yml", (ONLY_ROUTES % "routesPrefix: desk").replace("shop", "crm"))
        why = self.run_it("deploy", code=1).stderr
        self.assertIn("the slug 'desk/ping' is already served by routes/ping.so of shop (dev)", why)
        self.assertIn("is not deployed", self.run_it("info", code=1).stderr)
        self.assertEqual(self.refund("desk/refund")["version"], "v1")

    def test_clash_inside_of_one(self):
        self.put("routes/tools/many.c", MANY)
        self.put("routes/tools/first.c", INDEX)
        self.assertIn("routes/tools/first.so and routes/tools/many.so have the same slug 'shop/dev/tools/first'",
                      self.run_it("deploy", code=1).stderr)
        self.assertEqual(self.slugs(), [])


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
