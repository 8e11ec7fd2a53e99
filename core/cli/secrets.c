/* SPDX-License-Identifier: MIT */
/* interlude secrets set, list, remove: what functions get as ${secret:name}. */
#include <sodium.h>
#include <stdio.h>

#include "base/mem.h"
#include "cli/data.h"
#include "cli/listing.h"
#include "function/secret.h"
#include "json/write.h"
#include "store/function_secret.h"

/* All of standard input, without the line end that typing leaves behind. */
static bool
read_value(char value[FUNCTION_SECRET_MAX_BYTES + 2], size_t *len, struct err *err)
{
    *len = fread(value, 1, FUNCTION_SECRET_MAX_BYTES + 2, stdin);
    if (*len && value[*len - 1] == '\n')
        (*len)--;
    if (*len && value[*len - 1] == '\r')
        (*len)--;
    if (*len == 0)
        return err_set(err, "no value: write it to standard input");
    if (*len > FUNCTION_SECRET_MAX_BYTES || memchr(value, '\0', *len))
        return err_set(err, "a secret is a text of at most %d bytes", FUNCTION_SECRET_MAX_BYTES);
    return true;
}

static bool
set(struct data *data, const struct arguments *arguments, struct err *err)
{
    char value[FUNCTION_SECRET_MAX_BYTES + 2];
    const char *name = arguments->words[0];
    struct store_write *write;
    struct org *org;
    size_t len;

    if (!function_secret_is_name(str_of(name)))
        return err_set(err, "\"%s\" is no name for a secret; take 1 to %d of A-Z a-z 0-9 . _ -", name,
                       FUNCTION_SECRET_MAX_NAME);
    if (!data_org(data, argument(arguments, "org"), &org, err) || !read_value(value, &len, err))
        return false;
    write = store_write_new();
    store_function_secret_put(write, org->id, name,
                              function_secret_seal(&data->secrets, &data->arena, name, (struct str){ value, len }));
    sodium_memzero(value, sizeof value);
    if (!data_write(data, write, err, "the secret was not written"))
        return false;
    printf("Written. Functions get it when their service is loaded the next time.\n");
    return true;
}

static void
list_json(const struct function_secret *rows, size_t count)
{
    struct json_out out;
    struct buf json;

    listing_json_begin(&out, &json, "secrets");
    for (size_t i = 0; i < count; i++) {
        json_object(&out);
        json_pair_text(&out, "name", rows[i].name);
        json_pair_int(&out, "updatedAt", rows[i].updated_at);
        json_object_end(&out);
    }
    listing_json_end(&out, &json);
}

static void
list_text(struct arena *arena, const struct function_secret *rows, size_t count)
{
    static const char *const heads[] = { "NAME", "WRITTEN" };
    struct listing listing;

    listing_init(&listing, COUNT_OF(heads), heads);
    for (size_t i = 0; i < count; i++) {
        const char *cells[] = { rows[i].name, listing_time(rows[i].updated_at, arena_alloc(arena, 20)) };

        listing_add(&listing, cells);
    }
    listing_print(&listing);
}

static bool
list(struct data *data, const struct arguments *arguments, struct err *err)
{
    struct function_secret *rows;
    struct org *org;
    size_t count;

    if (!data_org(data, argument(arguments, "org"), &org, err) ||
        !store_function_secret_list(data->store, &data->arena, org->id, &rows, &count, err))
        return false;
    if (argument_is_set(arguments, "json"))
        list_json(rows, count);
    else if (count)
        list_text(&data->arena, rows, count);
    else
        printf("The organization \"%s\" has no secrets; write one with: interlude secrets set NAME\n", org->slug);
    return true;
}

static bool
remove_one(struct data *data, const struct arguments *arguments, struct err *err)
{
    struct store_write *write;
    struct org *org;

    if (!data_org(data, argument(arguments, "org"), &org, err))
        return false;
    write = store_write_new();
    store_function_secret_remove(write, org->id, arguments->words[0]);
    if (!data_write(data, write, err, "the organization \"%s\" has no secret \"%s\"; see: interlude secrets list",
                    org->slug, arguments->words[0]))
        return false;
    printf("Removed. Services that name it cannot be loaded any more.\n");
    return true;
}

/* ---- rows ---- */

static int
run_set(const struct arguments *arguments)
{
    return data_run(arguments, set);
}

static int
run_list(const struct arguments *arguments)
{
    return data_run(arguments, list);
}

static int
run_remove(const struct arguments *arguments)
{
    return data_run(arguments, remove_one);
}

const struct command command_secrets_set = {
    .name = "secrets set",
    .words = "NAME",
    .summary = "Keep a value, read from standard input, that services use as ${secret:NAME}",
    .details = "It is encrypted with the installation's key and never shown again.",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .options = { OPTION_ORG },
    .run = run_set,
};

const struct command command_secrets_list = {
    .name = "secrets list",
    .summary = "List the names of an organization's secrets",
    .config = COMMAND_DATA,
    .options = { OPTION_ORG, { "json", NULL, "Print them as JSON" } },
    .run = run_list,
};

const struct command command_secrets_remove = {
    .name = "secrets remove",
    .words = "NAME",
    .summary = "Forget a secret",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .options = { OPTION_ORG },
    .run = run_remove,
};
