/* SPDX-License-Identifier: MIT */
/* The store, for commands (data.h). */
#include "cli/data.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
prepare_dir(const struct data *data, const char *database, enum data_mode mode, struct err *err)
{
    if (mode == DATA_MUST_EXIST && access(database, F_OK) != 0)
        return err_set(
            err, "there is no database in %s; name the directory with --data, or make one with: interlude db-init",
            data->config.data);
    if (mkdir(data->config.data, 0700) != 0 && errno != EEXIST)
        return err_set_errno(err, "cannot make the data directory %s", data->config.data);
    return true;
}

static bool
open_store(struct data *data, enum data_mode mode, struct err *err)
{
    const char *database = arena_printf(&data->arena, "%s/state.db", data->config.data);

    if (!prepare_dir(data, database, mode, err) ||
        !secrets_load(&data->secrets, data->config.data, data->config.secret, data->config.auth_cookie_secret, err))
        return false;
    data->store = store_open(&store_sqlite, database, &sql_state, err);
    return data->store != NULL;
}

bool
data_open(struct data *data, const struct arguments *arguments, enum data_mode mode)
{
    struct err err;

    data->store = NULL;
    arena_init(&data->arena, 0);
    if (!arguments_config(arguments, &data->config, false, NULL))
        return false;
    if (open_store(data, mode, &err))
        return true;
    fail(&err);
    return false;
}

void
data_close(struct data *data)
{
    if (data->store)
        store_close(data->store);
    arena_fini(&data->arena);
    config_fini(&data->config);
}

int
data_run(const struct arguments *arguments, data_action *action)
{
    struct data data;
    struct err err;
    int code = EXIT_FAILED;

    if (data_open(&data, arguments, DATA_MUST_EXIST))
        code = action(&data, arguments, &err) ? EXIT_OK : fail(&err);
    data_close(&data);
    return code;
}

bool
data_org(struct data *data, const char *slug, struct org **org, struct err *err)
{
    bool is_read = slug ? store_org_by_slug(data->store, &data->arena, slug, org, err)
                        : store_org_first(data->store, &data->arena, org, err);

    if (!is_read || *org)
        return is_read;
    if (!slug)
        return err_set(err, "there is no organization yet; make one with: interlude org add SLUG");
    return err_set(err, "there is no organization \"%s\"; make it with: interlude org add %s", slug, slug);
}

bool
data_user(struct data *data, const char *email, struct user **user, struct err *err)
{
    if (!store_user_by_email(data->store, &data->arena, email, user, err))
        return false;
    return *user || err_set(err, "there is no user \"%s\"; make one with: interlude user add %s", email, email);
}

bool
data_env(struct data *data, const struct org *org, const char *slug, struct org_env **env, struct err *err)
{
    struct org_env *envs;
    size_t count;

    if (!store_env_list(data->store, &data->arena, org->id, &envs, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(envs[i].slug, slug) == 0) {
            *env = &envs[i];
            return true;
        }
    return err_set(err, "the organization \"%s\" has no environment \"%s\"", org->slug, slug);
}

bool
data_write(struct data *data, struct store_write *write, struct err *err, const char *refused, ...)
{
    enum store_verdict verdict = store_write_wait(data->store, write, err);
    va_list args;

    if (verdict == STORE_REFUSED && err) {
        va_start(args, refused);
        vsnprintf(err->text, sizeof err->text, refused, args);
        va_end(args);
    }
    return verdict == STORE_DONE;
}
