/* SPDX-License-Identifier: MIT */
/* Signatures: what is signed with a key is its own, and nothing else passes. */
#include "deploy/sign.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

/* RFC 8032, 7.1, test 1: the public key of this seed. */
static void
f9_keys_are_texts(void **state)
{
    static const char text[] = "ildeploy_nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    struct sign_key key, again;
    char id[SIGN_ID_LEN + 1];
    struct err err;

    (void)state;
    assert_true(sign_key_read(&key, str_of(text), &err));
    assert_string_equal(sign_public_text(&arena, key.public), "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert_string_equal(sign_key_text(&arena, &key), text);
    sign_id(key.public, id);
    assert_string_equal(id, "21fe31dfa154a261");
    assert_true(sign_public_read(again.public, STR("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), &err));
    assert_memory_equal(again.public, key.public, SIGN_PUBLIC);
    assert_false(sign_key_read(&key, STR("ildeploy_"), &err));
    assert_false(sign_key_read(&key, STR("ildeploy_nWGxne"), &err));
    assert_false(sign_key_read(&key, STR("live_nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"), &err));
    assert_false(sign_public_read(key.public, STR("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=="), &err));
    assert_false(sign_public_read(key.public, STR(""), &err));
}

static void
f9_only_the_same_bytes_pass(void **state)
{
    unsigned char digest[SIGN_DIGEST], signature[SIGN_SIGNATURE];
    char id[SIGN_ID_LEN + 1], own[SIGN_ID_LEN + 1];
    struct sign_key key, other;
    const char *value;

    (void)state;
    sign_key_new(&key);
    sign_key_new(&other);
    sign_digest(STR("artefact"), digest);
    value = sign_header(&arena, &key, digest);
    assert_true(sign_header_read(str_of(value), id, signature));
    sign_id(key.public, own);
    assert_string_equal(id, own);
    assert_true(sign_verify(key.public, digest, signature));
    assert_false(sign_verify(other.public, digest, signature));
    digest[0] ^= 1;
    assert_false(sign_verify(key.public, digest, signature));
    sign_key_wipe(&key);
    assert_true(sodium_is_zero(key.secret, sizeof key.secret));
}

static void
f9_every_part_of_a_request_counts(void **state)
{
    unsigned char digest[SIGN_DIGEST], other[SIGN_DIGEST];

    (void)state;
    sign_digest(STR("DELETE /a?force=1\n{}\n12"), digest);
    sign_request_digest("DELETE", STR("/a?force=1"), STR("{}"), STR("12"), other);
    assert_memory_equal(digest, other, SIGN_DIGEST);
    sign_request_digest("DELETE", STR("/a"), STR("{}"), STR("12"), other);
    assert_memory_not_equal(digest, other, SIGN_DIGEST);
}

/* What one server gets cannot be sent on to another. */
static void
f9_a_digest_is_for_one_server(void **state)
{
    unsigned char digest[SIGN_DIGEST], same[SIGN_DIGEST], other[SIGN_DIGEST], wanted[SIGN_DIGEST];

    (void)state;
    sign_digest(STR("artefact"), digest);
    memcpy(same, digest, SIGN_DIGEST);
    memcpy(other, digest, SIGN_DIGEST);
    sign_bind("staging.test", "PUT", STR("/a"), digest);
    sign_digest(STR("interlude server staging.test\nPUT /a\n"
                    "4edfbd28d0483e702f24bd5247ed646f7e5752aec9d6b1461d837ccab6d27f7b"),
                wanted);
    sign_bind("staging.test", "PUT", STR("/a"), same);
    assert_memory_equal(digest, same, SIGN_DIGEST);
    sign_bind("prod.test", "PUT", STR("/a"), other);
    assert_memory_not_equal(digest, other, SIGN_DIGEST);
    assert_memory_equal(digest, wanted, SIGN_DIGEST);
}

static void
f9_servers_have_names(void **state)
{
    (void)state;
    assert_string_equal(sign_server_name(&arena, "https://Tools.example.test"), "tools.example.test");
    assert_string_equal(sign_server_name(&arena, "https://tools.example.test:443/x?y"), "tools.example.test");
    assert_string_equal(sign_server_name(&arena, "http://tools.example.test:443"), "tools.example.test:443");
    assert_string_equal(sign_server_name(&arena, "http://[::1]:80"), "[::1]");
}

static void
f9_other_headers_are_refused(void **state)
{
    static const char *const values[] = { "",
                                          "ed25519=",
                                          "ed25519=21fe31dfa154a261",
                                          "ed25519=21fe31dfa154a261:",
                                          "ed25519=21fe31dfa154a261:AAAA",
                                          "ed25519=21FE31dfa154a261:AAAA",
                                          "rsa=21fe31dfa154a261:AAAA" };
    unsigned char signature[SIGN_SIGNATURE];
    char id[SIGN_ID_LEN + 1];

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_false(sign_header_read(str_of(values[i]), id, signature));
}

static int
teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f9_keys_are_texts),
        cmocka_unit_test(f9_only_the_same_bytes_pass),
        cmocka_unit_test(f9_every_part_of_a_request_counts),
        cmocka_unit_test(f9_a_digest_is_for_one_server),
        cmocka_unit_test(f9_servers_have_names),
        cmocka_unit_test(f9_other_headers_are_refused),
    };

    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, teardown);
}
