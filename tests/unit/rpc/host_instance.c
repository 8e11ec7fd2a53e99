/* SPDX-License-Identifier: MIT */
/* The long times in the life of a host, which no test with a real connection can wait for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rpc/host_internal.h"

static const struct host_login login = { .instance_id = "0a0b0c0d-0000-4000-8000-000000000000",
                                         .organization = "acme",
                                         .organization_id = "o1",
                                         .organization_name = "Acme",
                                         .environment = "production",
                                         .environment_id = "e1",
                                         .email = "ann@example.com",
                                         .key_hash = "" };

static int notified, dropped, back, lost;

static void
changed(struct scope *scope, enum topic topic, void *arg)
{
    (void)scope, (void)topic, (void)arg;
    notified++;
}

static void
on_dropped(struct host_run *run)
{
    (void)run;
    dropped++;
}

static void
on_back(struct host_run *run)
{
    (void)run;
    back++;
}

static void
on_lost(struct host_run *run, const struct host_loss *loss)
{
    (void)run;
    assert_false(loss->is_crash);
    lost++;
}

static const struct host_run_events events = { .dropped = on_dropped, .back = on_back, .lost = on_lost };

static struct host_run run = { .id = { { 7 } }, .events = &events };
static struct scope *scope;

static struct sdk_host *
host_with_route(const char *slug)
{
    struct sdk_host *host = sdk_host_get(&login, scope);
    struct route *routes = mem_alloc(sizeof *routes);

    routes[0] = (struct route){ .kind = ROUTE_ACTION, .slug = mem_strdup(slug), .name = mem_strdup(slug) };
    sdk_host_set_routes(host, routes, 1);
    sdk_host_online(host);
    return host;
}

static int
set_up_all(void **state)
{
    (void)state;
    registry_init(changed, NULL);
    scope = registry_scope_add("acme", "o1", "production", "e1");
    return 0;
}

static int
set_up(void **state)
{
    (void)state;
    notified = dropped = back = lost = 0;
    list_init(&run.in_host);
    return 0;
}

static void
comes_back_to_its_runs(void **state)
{
    struct sdk_host *host = host_with_route("a");

    (void)state;
    sdk_run_add(host, &run);
    assert_ptr_equal(sdk_run_find(host, run.id), &run);
    sdk_host_lost(host, false);
    assert_string_equal(registry_find(scope, "a")->host->status, "UNREACHABLE");
    assert_int_equal(dropped, 1);
    assert_ptr_equal(sdk_host_get(&login, scope), host);
    sdk_host_online(host);
    assert_int_equal(back, 1);
    assert_string_equal(host->host.status, "ONLINE");
    sdk_host_online(host); /* initialized again, without having been away */
    assert_int_equal(back, 1);
    sdk_run_remove(&run);
    assert_null(sdk_run_find(host, run.id));
    sdk_host_lost(host, true);
    sdk_hosts_sweep(clock_mono_ms() + HOST_FORGET_MS + 1000);
}

static void
is_offline_after_a_minute_and_forgotten_after_six_hours(void **state)
{
    struct sdk_host *host = host_with_route("b");
    int64_t now = clock_mono_ms();

    (void)state;
    sdk_run_add(host, &run);
    sdk_host_lost(host, false);
    sdk_hosts_sweep(now + HOST_UNREACHABLE_MS - 1000);
    assert_string_equal(registry_find(scope, "b")->host->status, "UNREACHABLE");
    sdk_hosts_sweep(now + HOST_UNREACHABLE_MS + 1000);
    assert_string_equal(registry_find(scope, "b")->host->status, "OFFLINE");
    sdk_hosts_sweep(now + HOST_FORGET_MS - 1000);
    assert_non_null(registry_find(scope, "b"));
    assert_int_equal(lost, 0);
    sdk_hosts_sweep(now + HOST_FORGET_MS + 1000);
    assert_null(registry_find(scope, "b"));
    assert_int_equal(lost, 1);
    assert_null(run.host);
}

static void
one_that_leaves_is_offline_at_once_and_takes_nothing_new(void **state)
{
    struct sdk_host *host = host_with_route("c");

    (void)state;
    sdk_host_leave(host);
    assert_string_equal(host->host.status, "SHUTTING_DOWN");
    assert_false(host->host.is_online);
    sdk_host_online(host); /* its list of routes comes again: it still leaves */
    assert_string_equal(host->host.status, "SHUTTING_DOWN");
    sdk_host_lost(host, true);
    assert_string_equal(host->host.status, "OFFLINE");
    sdk_hosts_sweep(clock_mono_ms() + HOST_FORGET_MS + 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(comes_back_to_its_runs, set_up),
        cmocka_unit_test_setup(is_offline_after_a_minute_and_forgotten_after_six_hours, set_up),
        cmocka_unit_test_setup(one_that_leaves_is_offline_at_once_and_takes_nothing_new, set_up),
    };

    return cmocka_run_group_tests(tests, set_up_all, NULL);
}
