/* SPDX-License-Identifier: MIT */
#include "host/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/host.h"

static struct host native, one, two;

static void
changed(struct scope *scope, enum topic topic, void *arg)
{
    (void)scope, (void)topic, (void)arg;
}

static int
set_up_all(void **state)
{
    (void)state;
    registry_init(changed, NULL);
    return 0;
}

static int
set_up(void **state)
{
    *state = registry_scope_add("acme", "o1", "development", "e1");
    registry_scope_add("acme", "o1", "production", "e2");
    native = (struct host){ .status = "ONLINE", .is_online = true };
    one = (struct host){ .status = "ONLINE", .is_online = true, .instance_id = "1" };
    two = (struct host){ .status = "ONLINE", .is_online = true, .instance_id = "2" };
    return 0;
}

static struct route
route(struct host *host)
{
    return (struct route){ .slug = (char *)(uintptr_t) "users/edit", .host = host };
}

static void
consoles_are_made_at_first_need(void **state)
{
    struct scope *ann = registry_scope("acme", "development", "ann");

    assert_ptr_not_equal(ann, *state);
    assert_string_equal(ann->developer, "ann");
    assert_string_equal(ann->environment_id, "e1");
    assert_ptr_equal(registry_scope("acme", "development", "ann"), ann);
    assert_ptr_not_equal(registry_scope("acme", "development", "bob"), ann);
    assert_ptr_equal(registry_scope("acme", "development", NULL), *state);
    assert_ptr_equal(registry_scope("acme", "development", ""), *state);
    assert_ptr_equal(registry_scope("acme", "production", "ann"), registry_scope("acme", "production", NULL));
    assert_null(registry_scope("acme", "staging", "ann"));
    assert_null(registry_scope("other", "development", "ann"));
    assert_ptr_equal(registry_scope_add("acme", "o1", "development", "e1"), *state);
}

static void
modules_go_first_then_the_newest_host(void **state)
{
    struct scope *scope = *state;
    struct route a = route(&one), b = route(&two), n = route(&native);

    registry_put(scope, &a);
    registry_put(scope, &b);
    assert_ptr_equal(registry_find(scope, "users/edit"), &b);
    registry_put(scope, &n);
    assert_ptr_equal(registry_find(scope, "users/edit"), &n);
    registry_remove(scope, &n);
    assert_ptr_equal(registry_find(scope, "users/edit"), &b);
    registry_remove(scope, &b);
    registry_remove(scope, &b);
    assert_ptr_equal(registry_find(scope, "users/edit"), &a);
    registry_remove(scope, &a);
    assert_null(registry_find(scope, "users/edit"));
}

static void
who_is_there_goes_before_who_is_not(void **state)
{
    struct scope *scope = *state;
    struct route a = route(&one), b = route(&two);

    registry_put(scope, &a);
    registry_put(scope, &b);
    two.is_online = false;
    two.status = "UNREACHABLE";
    registry_put(scope, &b);
    assert_ptr_equal(registry_find(scope, "users/edit"), &a);
    one.is_online = false;
    one.status = "SHUTTING_DOWN";
    registry_put(scope, &a);
    assert_ptr_equal(registry_find(scope, "users/edit"), &a);
    registry_remove(scope, &a);
    assert_ptr_equal(registry_find(scope, "users/edit"), &b);
    registry_remove(scope, &b);
}

static void
a_host_has_one_route_of_a_slug(void **state)
{
    struct scope *scope = *state;
    struct route old = route(&one), other = route(&two), new = route(&one);

    registry_put(scope, &old);
    registry_put(scope, &other);
    registry_put(scope, &new);
    registry_remove(scope, &old); /* has been replaced */
    assert_ptr_equal(registry_find(scope, "users/edit"), &new);
    assert_ptr_equal(new.next, &other);
    assert_null(other.next);
    registry_remove(scope, &new);
    registry_remove(scope, &other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(consoles_are_made_at_first_need, set_up),
        cmocka_unit_test_setup(modules_go_first_then_the_newest_host, set_up),
        cmocka_unit_test_setup(who_is_there_goes_before_who_is_not, set_up),
        cmocka_unit_test_setup(a_host_has_one_route_of_a_slug, set_up),
    };

    return cmocka_run_group_tests(tests, set_up_all, NULL);
}
