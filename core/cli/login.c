/* SPDX-License-Identifier: MIT */
/* interlude login: a key for deploying to a server, kept in the credentials of this person. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/credentials.h"
#include "cli/listing.h"
#include "json/write.h"

enum { MAX_KEY = 256, MAX_JSON = 64 << 10 };

/* The key that somebody else made, from standard input: never from the command line, which others can see. */
static bool
read_key(struct sign_key *key, struct err *err)
{
    char text[MAX_KEY + 1];
    size_t len = fread(text, 1, MAX_KEY, stdin);
    bool is_read;

    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    is_read = sign_key_read(key, (struct str){ text, len }, err);
    sodium_memzero(text, sizeof text);
    return is_read || err_prefix(err, "standard input");
}

/* Another run keeps the key that is there: the server knows its public half already. */
static bool
choose_key(struct arena *arena, const struct arguments *arguments, const char *base, struct sign_key *key,
           struct err *err)
{
    if (argument_is_set(arguments, "key"))
        return read_key(key, err);
    if (!argument_is_set(arguments, "new") && credentials_get(arena, base, key, err))
        return true;
    if (!argument_is_set(arguments, "new") && err->text[0])
        return false;
    sign_key_new(key);
    return true;
}

static void
print(const struct arguments *arguments, const char *base, const char *id, const char *public_key)
{
    struct json_out out;
    struct buf json;

    if (!argument_is_set(arguments, "json")) {
        printf("Deployments to %s are signed with the key %s.\nPublic key: %s\n\n"
               "Until the server knows it, somebody has to run there:\n  interlude keys add-deployer NAME %s\n",
               base, id, public_key, public_key);
        return;
    }
    buf_init(&json, MAX_JSON);
    json_out_init(&out, &json);
    json_object(&out);
    json_pair_text(&out, "server", base);
    json_pair_text(&out, "id", id);
    json_pair_text(&out, "publicKey", public_key);
    json_object_end(&out);
    listing_json(&json);
}

static int
run(const struct arguments *arguments)
{
    char id[SIGN_ID_LEN + 1];
    struct sign_key key;
    struct arena arena;
    struct err err = { "" };
    const char *base;
    int code = EXIT_FAILED;

    if (sodium_init() < 0)
        return EXIT_FAILED;
    arena_init(&arena, 0);
    base = credentials_base(&arena, arguments->words[0], &err);
    if (base && choose_key(&arena, arguments, base, &key, &err) && credentials_put(&arena, base, &key, &err)) {
        sign_id(key.public, id);
        print(arguments, base, id, sign_public_text(&arena, key.public));
        code = EXIT_OK;
    } else {
        fail(&err);
    }
    sign_key_wipe(&key);
    arena_fini(&arena);
    return code;
}

const struct command command_login = {
    .name = "login",
    .words = "URL",
    .summary = "Make a key for deploying to the server at URL, and keep it",
    .details = "The key stays in ~/.config/interlude/credentials; its public half, which is printed, is what the "
               "server has to know. Deployments go to the first server of that file unless --server or INTERLUDE_URL "
               "names another; INTERLUDE_DEPLOY_KEY is used instead of the file where it is set.",
    .min_words = 1,
    .max_words = 1,
    .options = { { "key", NULL, "Take the key from standard input: one that 'keys add-deployer' printed" },
                 { "new", NULL, "Make another key, also if there is one" },
                 { "json", NULL, "Print it as JSON" } },
    .run = run,
};
