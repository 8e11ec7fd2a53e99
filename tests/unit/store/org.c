/* SPDX-License-Identifier: MIT */
/* People, organizations, members, keys' rows, routes and module versions. */
#include "store/org.h"

#include "base/clock.h"
#include "store/key.h"
#include "store/module.h"
#include "store/route.h"
#include "store/user.h"
#include "temp.h"

static void
add_user(const char *email, const char *first_name)
{
    struct store_write *write = store_write_new();

    store_user_insert(write, &(struct user){ .email = email, .first_name = first_name });
    temp_write(&temp, write, STORE_DONE);
}

static void
set_role(const char *email, const char *role, enum store_verdict expected)
{
    struct store_write *write = store_write_new();

    store_member_set(write, "local", email, role, STORE_ONE);
    temp_write(&temp, write, expected);
}

static void
bootstrap_makes_what_dev_needs(void **state)
{
    struct org_member *member;
    struct org_env *envs;
    size_t count;

    (void)state;
    assert_true(store_env_list_all(temp.store, &temp.arena, &envs, &count, NULL));
    assert_int_equal(count, 2);
    assert_string_equal(envs[0].org_slug, "local");
    assert_true(store_member_find(temp.store, &temp.arena, temp.local.user_id, "local", &member, NULL));
    assert_string_equal(member->role, "ADMIN");
    assert_string_equal(member->first_name, "Local");
}

static void
addresses_are_unique_in_any_case(void **state)
{
    struct store_write *write = store_write_new();
    struct user *user;

    (void)state;
    add_user("Ada@Example.com", "Ada");
    store_user_insert(write, &(struct user){ .email = "ada@EXAMPLE.com" });
    temp_write(&temp, write, STORE_REFUSED);
    write = store_write_new();
    store_user_insert(write, &(struct user){ .email = "no address" });
    temp_write(&temp, write, STORE_REFUSED);
    assert_true(store_user_by_email(temp.store, &temp.arena, " ADA@example.com\n", &user, NULL));
    assert_string_equal(user->email, "Ada@Example.com");
    assert_null(user->password_hash);
    assert_true(store_user_by_email(temp.store, &temp.arena, "nobody@example.com", &user, NULL));
    assert_null(user);
}

static void
an_organization_comes_whole(void **state)
{
    struct store_write *write = store_write_new();
    struct org_env *envs;
    struct user *user;
    struct org *orgs, *org;
    size_t count;

    (void)state;
    add_user("ada@example.com", "Ada");
    store_org_create(write, "acme", "Acme", "ada@example.com");
    temp_write(&temp, write, STORE_DONE);
    write = store_write_new();
    store_org_create(write, "acme", "Another", "ada@example.com");
    temp_write(&temp, write, STORE_REFUSED);
    write = store_write_new();
    store_org_create(write, "ghost", "Ghost", "nobody@example.com");
    temp_write(&temp, write, STORE_REFUSED);
    assert_true(store_org_by_slug(temp.store, &temp.arena, "acme", &org, NULL));
    assert_string_equal(org->name, "Acme");
    assert_true(store_env_list(temp.store, &temp.arena, org->id, &envs, &count, NULL));
    assert_int_equal(count, 2);
    assert_true(store_user_by_email(temp.store, &temp.arena, "ada@example.com", &user, NULL));
    assert_true(store_orgs_of_user(temp.store, &temp.arena, user->id, &orgs, &count, NULL));
    assert_int_equal(count, 1);
    assert_true(store_org_first(temp.store, &temp.arena, &org, NULL));
    assert_string_equal(org->slug, "local");
}

static void
slugs_of_organizations_are_checked(void **state)
{
    (void)state;
    assert_true(org_slug_is_valid("acme-2"));
    assert_false(org_slug_is_valid("a"));
    assert_false(org_slug_is_valid("Acme"));
    assert_false(org_slug_is_valid("a.b"));
    assert_false(org_slug_is_valid("actions"));
}

static void
roles_change_but_the_owner_stays_admin(void **state)
{
    struct org_member *members;
    struct user *user;
    struct store_write *write;
    size_t count;

    (void)state;
    add_user("ada@example.com", "Ada");
    set_role("ada@example.com", "DEVELOPER", STORE_DONE);
    set_role("ada@example.com", "ACTION_RUNNER", STORE_DONE);
    set_role("ada@example.com", "EMPEROR", STORE_REFUSED);
    set_role("nobody@example.com", "ADMIN", STORE_REFUSED);
    set_role(temp.local.email, "ACTION_RUNNER", STORE_REFUSED);
    assert_true(store_member_list(temp.store, &temp.arena, temp.local.org_id, &members, &count, NULL));
    assert_int_equal(count, 2);
    assert_string_equal(members[0].role, "ACTION_RUNNER");
    assert_string_equal(members[1].role, "ADMIN");
    assert_true(store_user_by_email(temp.store, &temp.arena, "ada@example.com", &user, NULL));
    write = store_write_new();
    store_member_delete(write, temp.local.org_id, temp.local.user_id);
    temp_write(&temp, write, STORE_REFUSED);
    write = store_write_new();
    store_member_delete(write, temp.local.org_id, user->id);
    temp_write(&temp, write, STORE_DONE);
    assert_true(store_member_list(temp.store, &temp.arena, temp.local.org_id, &members, &count, NULL));
    assert_int_equal(count, 1);
}

static void
no_row_can_name_the_environment_of_another_organization(void **state)
{
    struct store_write *write = store_write_new();
    struct api_key key = { .env_id = temp.local.production_id, .user_id = temp.local.user_id, .prefix = "live_abcd" };
    struct org *org;

    (void)state;
    add_user("ada@example.com", "Ada");
    store_org_create(write, "acme", "Acme", "ada@example.com");
    temp_write(&temp, write, STORE_DONE);
    assert_true(store_org_by_slug(temp.store, &temp.arena, "acme", &org, NULL));
    key.org_id = org->id;
    write = store_write_new();
    store_key_insert(write, &key, "hash");
    temp_write(&temp, write, STORE_REFUSED);
}

static void
routes_are_registered_in_batches(void **state)
{
    struct route_row row = { .kind = "action",
                             .slug = "users/edit",
                             .name = "Edit",
                             .source = "module",
                             .has_handler = true,
                             .file = "users/edit.so",
                             .org_id = temp.local.org_id,
                             .env_id = temp.local.development_id };
    struct store_write *write = store_write_new();
    struct route_row *routes;
    size_t count;

    (void)state;
    store_route_upsert(write, &row);
    row.kind = "page";
    row.slug = "users";
    store_route_upsert(write, &row);
    row.name = "People"; /* again: changed, not doubled */
    store_route_upsert(write, &row);
    temp_write(&temp, write, STORE_DONE);
    assert_true(store_route_list(temp.store, &temp.arena, row.org_id, row.env_id, "", &routes, &count, NULL));
    assert_int_equal(count, 2);
    assert_string_equal(routes[0].slug, "users");
    assert_string_equal(routes[0].name, "People");
    assert_string_equal(routes[1].file, "users/edit.so");
}

static void
a_thousand_module_versions_load_quickly(void **state)
{
    struct store_write *write = store_write_new();
    struct module_row *modules;
    char hash[32], descriptor[400];
    int64_t began;
    size_t count;

    (void)state;
    memset(descriptor, ' ', sizeof descriptor);
    for (int i = 0; i < 1000; i++) {
        snprintf(hash, sizeof hash, "hash-%d", i);
        store_module_put(write, hash, (struct str){ descriptor, sizeof descriptor });
    }
    store_module_put(write, "hash-7", STR("known"));
    temp_write(&temp, write, STORE_DONE);
    began = clock_mono_us();
    assert_true(store_module_list(temp.store, &temp.arena, &modules, &count, NULL));
    print_message("1,000 module versions in %lld us\n", (long long)(clock_mono_us() - began));
    assert_int_equal(count, 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bootstrap_makes_what_dev_needs, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(addresses_are_unique_in_any_case, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(an_organization_comes_whole, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(slugs_of_organizations_are_checked, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(roles_change_but_the_owner_stays_admin, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(no_row_can_name_the_environment_of_another_organization, temp_setup,
                                        temp_teardown),
        cmocka_unit_test_setup_teardown(routes_are_registered_in_batches, temp_setup, temp_teardown),
        cmocka_unit_test_setup_teardown(a_thousand_module_versions_load_quickly, temp_setup, temp_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
