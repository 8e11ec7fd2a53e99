/* SPDX-License-Identifier: MIT */
/* Keys of who may deploy, for interlude keys (deployer_keys.h). */
#include "cli/deployer_keys.h"

#include "base/mem.h"
#include "cli/listing.h"
#include "deploy/sign.h"
#include "json/write.h"
#include "store/deployer.h"

enum { MAX_JSON = 16 << 20, MAX_NAME = 64 };

static void
print_json(const char *name, const char *id, const char *public_key, const char *secret)
{
    struct json_out out;
    struct buf json;

    buf_init(&json, MAX_JSON);
    json_out_init(&out, &json);
    json_object(&out);
    json_pair_text(&out, "id", id);
    json_pair_text(&out, "name", name);
    json_pair_text(&out, "publicKey", public_key);
    if (secret)
        json_pair_text(&out, "key", secret);
    json_object_end(&out);
    listing_json(&json);
}

/* With a public key nothing secret is ever here; without one, a pair is made and its secret half shown this once. */
static void
print_added(struct arena *arena, const struct arguments *arguments, const char *id, const struct sign_key *key,
            const char *public_key)
{
    const char *name = arguments->words[0];
    const char *secret = arguments->word_count > 1 ? NULL : sign_key_text(arena, key);

    if (argument_is_set(arguments, "json")) {
        print_json(name, id, public_key, secret);
        return;
    }
    if (!secret) {
        printf("%s may deploy with the key %s.\n", name, id);
        return;
    }
    puts(secret); /* alone on stdout, so that scripts can take it */
    fprintf(stderr,
            "%s deploys with this key %s: as INTERLUDE_DEPLOY_KEY, or given to: interlude login URL --key\n"
            "It is not shown again.\n",
            name, id);
}

bool
deployer_keys_add(struct data *data, const struct arguments *arguments, struct err *err)
{
    const char *name = arguments->words[0], *public_key;
    struct store_write *write;
    char id[SIGN_ID_LEN + 1];
    struct sign_key key;
    bool is_added;

    if (!*name || strlen(name) > MAX_NAME || !str_is_utf8(str_of(name)))
        return err_set(err, "the name of who deploys has 1 to %d bytes", MAX_NAME);
    if (arguments->word_count < 2)
        sign_key_new(&key);
    else if (!sign_public_read(key.public, str_of(arguments->words[1]), err))
        return false;
    sign_id(key.public, id);
    public_key = sign_public_text(&data->arena, key.public);
    write = store_write_new();
    store_deployer_insert(write, &(struct deployer){ .id = id, .name = name, .public_key = public_key });
    is_added = data_write(
        data, write, err,
        "there is a key of \"%s\" already, or this key was added before; a revoked one cannot come back", name);
    if (is_added)
        print_added(&data->arena, arguments, id, &key, public_key);
    sign_key_wipe(&key);
    return is_added;
}

static void
list_text(struct arena *arena, const struct deployer *deployers, size_t count)
{
    static const char *const heads[] = { "ID", "NAME", "PUBLIC KEY", "CREATED", "LAST USED" };
    struct listing listing;

    listing_init(&listing, COUNT_OF(heads), heads);
    for (size_t i = 0; i < count; i++) {
        const char *cells[] = { deployers[i].id, deployers[i].name, deployers[i].public_key,
                                listing_time(deployers[i].created_at, arena_alloc(arena, 20)),
                                listing_time(deployers[i].last_used_at, arena_alloc(arena, 20)) };

        listing_add(&listing, cells);
    }
    listing_print(&listing);
}

static void
list_json(const struct deployer *deployers, size_t count)
{
    struct json_out out;
    struct buf json;

    listing_json_begin(&out, &json, "keys");
    for (size_t i = 0; i < count; i++) {
        json_object(&out);
        json_pair_text(&out, "id", deployers[i].id);
        json_pair_text(&out, "name", deployers[i].name);
        json_pair_text(&out, "publicKey", deployers[i].public_key);
        json_pair_int(&out, "createdAt", deployers[i].created_at);
        json_pair_int_or_null(&out, "lastUsedAt", deployers[i].last_used_at);
        json_object_end(&out);
    }
    listing_json_end(&out, &json);
}

bool
deployer_keys_list(struct data *data, const struct arguments *arguments, struct err *err)
{
    struct deployer *deployers;
    size_t count;

    if (!store_deployer_list(data->store, &data->arena, &deployers, &count, err))
        return false;
    if (argument_is_set(arguments, "json"))
        list_json(deployers, count);
    else if (count)
        list_text(&data->arena, deployers, count);
    else
        printf("Nobody may deploy; let somebody with: interlude keys add-deployer NAME\n");
    return true;
}

bool
deployer_keys_revoke(struct data *data, const char *id, bool *is_known, struct err *err)
{
    struct store_write *write;
    struct deployer *deployer;

    *is_known = false;
    if (!store_deployer_get(data->store, &data->arena, id, &deployer, err))
        return false;
    *is_known = deployer != NULL;
    if (!deployer)
        return true;
    write = store_write_new();
    store_deployer_revoke(write, id);
    return data_write(data, write, err, "the key %s was revoked by somebody else", id);
}
