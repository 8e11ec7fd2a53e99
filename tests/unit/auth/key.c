/* SPDX-License-Identifier: MIT */
/* API keys: how they look, who they are, and how they end. */
#include "auth/key.h"

#include "../store/temp.h"
#include "base/clock.h"
#include "store/user.h"

static struct temp temp;
static struct secrets secrets;
static struct key_owner owner;

static int
setup(void **state)
{
    (void)state;
    temp_init(&temp);
    owner = (struct key_owner){ temp.local.org_id, temp.local.development_id, temp.local.user_id, "Zo\xc3\xab-1" };
    return !secrets_load(&secrets, temp.dir, NULL, NULL, NULL);
}

static int
teardown(void **state)
{
    (void)state;
    temp_fini(&temp);
    return 0;
}

static struct api_key *
identify(const char *text)
{
    struct api_key *key;

    assert_true(key_identify(temp.store, &temp.arena, str_of(text), clock_wall_ms(), &key, NULL));
    return key;
}

static const char *
development_key(void)
{
    struct err err = { "" };
    const char *key;

    if (!key_development(temp.store, &secrets, &temp.arena, &owner, &key, &err))
        fail_msg("%s", err.text);
    return key;
}

static void
a_live_key_is_shown_once_and_works_until_revoked(void **state)
{
    struct store_write *write = store_write_new();
    const char *id, *text;
    struct api_key *key, *keys;
    size_t count;

    (void)state;
    owner.env_id = temp.local.production_id;
    assert_true(key_create_live(temp.store, &temp.arena, &owner, "CI", &id, &text, NULL));
    assert_int_equal(strlen(text), 5 + 48);
    assert_memory_equal(text, "live_", 5);
    key = identify(text);
    assert_non_null(key);
    assert_string_equal(key->id, id);
    assert_string_equal(key->org_slug, "local");
    assert_string_equal(key->env_slug, "production");
    assert_string_equal(key->role, "ADMIN");
    assert_false(key->is_development);
    assert_null(key->sealed);
    assert_true(store_key_list(temp.store, &temp.arena, temp.local.org_id, &keys, &count, NULL));
    assert_int_equal(count, 1);
    assert_string_equal(keys[0].label, "CI");
    assert_memory_equal(keys[0].prefix, text, 9);
    assert_int_equal(strlen(keys[0].prefix), 9);
    store_key_revoke(write, "another organization", id);
    temp_write(&temp, write, STORE_REFUSED);
    write = store_write_new();
    store_key_revoke(write, temp.local.org_id, id);
    temp_write(&temp, write, STORE_DONE);
    assert_null(identify(text));
}

static void
the_development_key_is_the_same_every_time(void **state)
{
    const char *first = development_key(), *second = development_key();

    (void)state;
    assert_string_equal(first, second);
    assert_memory_equal(first, "zo1_dev_", 8);
    assert_int_equal(strlen(first), 8 + 48);
    assert_true(identify(first)->is_development);
}

static void
a_regenerated_key_replaces_the_old_one(void **state)
{
    const char *old = development_key(), *fresh;

    (void)state;
    assert_true(key_regenerate(temp.store, &secrets, &temp.arena, &owner, &fresh, NULL));
    assert_string_not_equal(old, fresh);
    assert_null(identify(old));
    assert_string_equal(development_key(), fresh);
}

/* After SECRET changed nothing sealed can be read: a new key must take the place. */
static void
a_lost_secret_makes_a_new_development_key(void **state)
{
    const char *old = development_key();

    (void)state;
    assert_true(secrets_load(&secrets, temp.dir, "a completely different secret", NULL, NULL));
    assert_string_not_equal(development_key(), old);
    assert_null(identify(old));
}

static void
keys_of_any_shape_are_compared(void **state)
{
    struct store_write *write = store_write_new();
    struct api_key key = {
        .org_id = owner.org_id, .env_id = owner.env_id, .user_id = owner.user_id, .prefix = "24367604"
    };

    (void)state;
    store_key_insert(write, &key, secrets_hash(STR("24367604-b35f-4b89-81bc-7d1cf549ba60")).hex);
    temp_write(&temp, write, STORE_DONE);
    assert_non_null(identify("24367604-b35f-4b89-81bc-7d1cf549ba60"));
    assert_null(identify("24367604-b35f-4b89-81bc-7d1cf549ba61"));
    assert_null(identify(""));
    assert_null(identify("x"));
}

static void
a_key_ends_with_the_membership(void **state)
{
    struct store_write *write = store_write_new();
    const char *text;
    struct user *user;

    (void)state;
    store_user_insert(write, &(struct user){ .email = "ada@example.com" });
    store_member_set(write, "local", "ada@example.com", "DEVELOPER", STORE_ONE);
    temp_write(&temp, write, STORE_DONE);
    assert_true(store_user_by_email(temp.store, &temp.arena, "ada@example.com", &user, NULL));
    owner.user_id = user->id;
    owner.first_name = NULL;
    text = development_key();
    assert_memory_equal(text, "user_dev_", 9);
    assert_string_equal(identify(text)->role, "DEVELOPER");
    write = store_write_new();
    store_member_delete(write, temp.local.org_id, user->id);
    temp_write(&temp, write, STORE_DONE);
    assert_null(identify(text));
}

static void
use_is_noted(void **state)
{
    const char *text = development_key();

    (void)state;
    assert_int_equal(identify(text)->last_used_at, 0);
    temp_write(&temp, store_write_new(), STORE_DONE);
    assert_true(identify(text)->last_used_at > 0);
}

static void
reads_the_authorization_header(void **state)
{
    (void)state;
    assert_true(str_is(key_from_authorization(STR("Bearer live_x")), "live_x"));
    assert_true(str_is(key_from_authorization(STR("bearer  live_x")), "live_x"));
    assert_null(key_from_authorization(STR("Basic live_x")).p);
    assert_null(key_from_authorization(STR("Bearer ")).p);
    assert_null(key_from_authorization((struct str){ NULL, 0 }).p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_live_key_is_shown_once_and_works_until_revoked, setup, teardown),
        cmocka_unit_test_setup_teardown(the_development_key_is_the_same_every_time, setup, teardown),
        cmocka_unit_test_setup_teardown(a_regenerated_key_replaces_the_old_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_secret_makes_a_new_development_key, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_of_any_shape_are_compared, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_ends_with_the_membership, setup, teardown),
        cmocka_unit_test_setup_teardown(use_is_noted, setup, teardown),
        cmocka_unit_test(reads_the_authorization_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
