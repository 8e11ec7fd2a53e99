/* SPDX-License-Identifier: MIT */
/*
 * interlude keys create, list, revoke, add-deployer: the API keys of hosts; those of functions are function_keys.c, of
 * who deploys deployer_keys.c.
 */
#include <stdio.h>
#include <string.h>

#include "auth/key.h"
#include "base/mem.h"
#include "cli/data.h"
#include "cli/deployer_keys.h"
#include "cli/function_keys.h"
#include "cli/listing.h"
#include "json/write.h"

enum { MAX_JSON = 64 << 20 };

/* ---- create ---- */

struct made {
    const char *id, *key, *env;
};

static bool
create_development(struct data *data, const struct org *org, const char *email, struct made *made, struct err *err)
{
    struct org_member *member;
    struct org_env *env;
    struct user *user;

    made->env = "development";
    if (!data_user(data, email, &user, err) || !data_env(data, org, made->env, &env, err) ||
        !store_member_find(data->store, &data->arena, user->id, org->slug, &member, err))
        return false;
    if (!member)
        return err_set(err, "%s is not in the organization \"%s\"; add them with: interlude user add %s --org %s",
                       email, org->slug, email, org->slug);
    return key_development(
        data->store, &data->secrets, &data->arena,
        &(struct key_owner){
            .org_id = org->id, .env_id = env->id, .user_id = user->id, .first_name = user->first_name },
        &made->key, err);
}

static bool
create_live(struct data *data, const struct org *org, const char *slug, const char *label, struct made *made,
            struct err *err)
{
    struct org_env *env;

    made->env = slug ? slug : "production";
    return data_env(data, org, made->env, &env, err) &&
           key_create_live(data->store, &data->arena,
                           &(struct key_owner){ .org_id = org->id, .env_id = env->id, .user_id = org->owner_id }, label,
                           &made->id, &made->key, err);
}

static bool
create(struct data *data, const struct arguments *arguments, struct err *err)
{
    const char *email = argument(arguments, "dev");
    struct made made = { .id = NULL };
    struct json_out out;
    struct buf json;
    struct org *org;

    if (!data_org(data, argument(arguments, "org"), &org, err))
        return false;
    if (!(email ? create_development(data, org, email, &made, err)
                : create_live(data, org, argument(arguments, "env"), argument(arguments, "label"), &made, err)))
        return false;
    if (!argument_is_set(arguments, "json")) {
        puts(made.key); /* alone on stdout, so that scripts can take it */
        fprintf(stderr, "For hosts of \"%s\", environment %s.%s\n", org->slug, made.env,
                email ? "" : " This key is not shown again.");
        return true;
    }
    buf_init(&json, MAX_JSON);
    json_out_init(&out, &json);
    json_object(&out);
    json_pair_text(&out, "id", made.id);
    json_pair_text(&out, "key", made.key);
    json_pair_text(&out, "organization", org->slug);
    json_pair_text(&out, "environment", made.env);
    json_object_end(&out);
    listing_json(&json);
    return true;
}

/* ---- list ---- */

static void
list_json(const struct api_key *keys, size_t count)
{
    struct json_out out;
    struct buf json;

    listing_json_begin(&out, &json, "keys");
    for (size_t i = 0; i < count; i++) {
        json_object(&out);
        json_pair_text(&out, "id", keys[i].id);
        json_pair_text(&out, "label", keys[i].label);
        json_pair_text(&out, "environment", keys[i].env_slug);
        json_pair_text(&out, "prefix", keys[i].prefix);
        json_pair_bool(&out, "development", keys[i].is_development);
        json_pair_text(&out, "email", keys[i].email);
        json_pair_int(&out, "createdAt", keys[i].created_at);
        json_pair_int_or_null(&out, "lastUsedAt", keys[i].last_used_at);
        json_object_end(&out);
    }
    listing_json_end(&out, &json);
}

static void
list_text(struct arena *arena, const struct api_key *keys, size_t count)
{
    static const char *const heads[] = { "ID", "KEY", "ENVIRONMENT", "LABEL", "OWNER", "CREATED", "LAST USED" };
    struct listing listing;

    listing_init(&listing, COUNT_OF(heads), heads);
    for (size_t i = 0; i < count; i++) {
        const char *cells[] = { keys[i].id,
                                arena_printf(arena, "%s...", keys[i].prefix),
                                keys[i].env_slug,
                                keys[i].label,
                                keys[i].email,
                                listing_time(keys[i].created_at, arena_alloc(arena, 20)),
                                listing_time(keys[i].last_used_at, arena_alloc(arena, 20)) };

        listing_add(&listing, cells);
    }
    listing_print(&listing);
}

static bool
list(struct data *data, const struct arguments *arguments, struct err *err)
{
    struct api_key *keys;
    struct org *org;
    size_t count;

    if (!data_org(data, argument(arguments, "org"), &org, err) ||
        !store_key_list(data->store, &data->arena, org->id, &keys, &count, err))
        return false;
    if (argument_is_set(arguments, "json"))
        list_json(keys, count);
    else if (count)
        list_text(&data->arena, keys, count);
    else
        printf("The organization \"%s\" has no keys; make one with: interlude keys create\n", org->slug);
    return true;
}

/* ---- revoke ---- */

static bool
revoke(struct data *data, const struct arguments *arguments, struct err *err)
{
    struct store_write *write;
    struct org *org;
    bool is_of_functions, is_of_deployers;

    if (!deployer_keys_revoke(data, arguments->words[0], &is_of_deployers, err))
        return false;
    if (is_of_deployers) {
        printf("Revoked. What was deployed with it stays.\n");
        return true;
    }
    if (!function_keys_revoke(data, arguments->words[0], &is_of_functions, err))
        return false;
    if (is_of_functions) {
        printf("Revoked. Callers that show it are refused within 5 s.\n");
        return true;
    }
    if (!data_org(data, argument(arguments, "org"), &org, err))
        return false;
    write = store_write_new();
    store_key_revoke(write, org->id, arguments->words[0]);
    if (!data_write(data, write, err, "the organization \"%s\" has no key with the id %s; see: interlude keys list",
                    org->slug, arguments->words[0]))
        return false;
    printf("Revoked. Hosts that use it are refused from now on.\n");
    return true;
}

/* ---- rows ---- */

static int
run_create(const struct arguments *arguments)
{
    if (argument_is_set(arguments, "dev") && (argument_is_set(arguments, "env") || argument_is_set(arguments, "label")))
        return usage_error(arguments->command, "a development key is personal and takes neither --env nor --label.");
    if (argument_is_set(arguments, "functions") &&
        (argument_is_set(arguments, "dev") || argument_is_set(arguments, "env") || argument_is_set(arguments, "org")))
        return usage_error(arguments->command, "a key for functions takes neither --org, --env nor --dev.");
    if (!argument_is_set(arguments, "functions") &&
        (argument_is_set(arguments, "rate") || argument_is_set(arguments, "burst") ||
         argument_is_set(arguments, "quota")))
        return usage_error(arguments->command, "--rate, --burst and --quota are limits of a key for --functions.");
    return data_run(arguments, argument_is_set(arguments, "functions") ? function_keys_create : create);
}

static int
run_list(const struct arguments *arguments)
{
    bool of_functions = argument_is_set(arguments, "functions");

    if (of_functions && argument_is_set(arguments, "deployers"))
        return usage_error(arguments->command, "--functions and --deployers are two lists; ask for one of them.");
    if (argument_is_set(arguments, "deployers"))
        return data_run(arguments, deployer_keys_list);
    return data_run(arguments, of_functions ? function_keys_list : list);
}

static int
run_add_deployer(const struct arguments *arguments)
{
    return data_run(arguments, deployer_keys_add);
}

static int
run_revoke(const struct arguments *arguments)
{
    return data_run(arguments, revoke);
}

const struct command command_keys_create = {
    .name = "keys create",
    .summary = "Make an API key for hosts or for callers of functions, and print it",
    .details = "A live key is shown this once only. A development key belongs to a person, who has one per "
               "organization: it is made at first need and printed again later. A key for functions opens the private "
               "ones of routes/; keys of a service stand in its serverless.yml.",
    .config = COMMAND_DATA,
    .options = { OPTION_ORG,
                 { "env", "SLUG", "Environment of a live key; default: production" },
                 { "label", "TEXT", "What the key is for" },
                 { "dev", "EMAIL", "The development key of this person instead" },
                 { "functions", NULL, "A key for private functions of routes/ (x-api-key) instead" },
                 { "rate", "N", "With --functions: calls per second" },
                 { "burst", "N", "With --functions: calls at once, before --rate counts" },
                 { "quota", "N/PERIOD", "With --functions: calls in each DAY, WEEK or MONTH" },
                 { "json", NULL, "Print it as JSON" } },
    .run = run_create,
};

const struct command command_keys_list = {
    .name = "keys list",
    .summary = "List the API keys of an organization, or of functions, or of who may deploy",
    .config = COMMAND_DATA,
    .options = { OPTION_ORG,
                 { "functions", NULL, "Those of callers of functions, with what is used of their quotas" },
                 { "deployers", NULL, "Those of who may deploy services" },
                 { "json", NULL, "Print them as JSON" } },
    .run = run_list,
};

const struct command command_keys_revoke = {
    .name = "keys revoke",
    .words = "ID",
    .summary = "Make a key worthless; its ID is in 'interlude keys list'",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .options = { OPTION_ORG },
    .run = run_revoke,
};

const struct command command_keys_add_deployer = {
    .name = "keys add-deployer",
    .words = "NAME [PUBLIC-KEY]",
    .summary = "Let somebody deploy services to this server",
    .details = "PUBLIC-KEY is what 'interlude login' has printed on their machine. Without it a key is made here and "
               "printed this once only, for machines that deploy on their own. List them with 'keys list --deployers'.",
    .min_words = 1,
    .max_words = 2,
    .config = COMMAND_DATA,
    .options = { { "json", NULL, "Print it as JSON" } },
    .run = run_add_deployer,
};
