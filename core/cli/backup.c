/* SPDX-License-Identifier: MIT */
/*
 * interlude backup: consistent copies of the databases, also while a server uses them. The queue goes first: a call may
 * be in it that is of a function which state.db knows already, not the other way round.
 */
#include <stdio.h>
#include <unistd.h>

#include "cli/data.h"
#include "queue/sql.h"

/* *copy: where it is now; NULL: there is no queue. */
static bool
backup_queue(struct data *data, const char *target, const char **copy, struct err *err)
{
    const char *path = arena_printf(&data->arena, "%s/queue.db", data->config.data);
    struct store *store;
    bool is_ok;

    *copy = NULL;
    if (access(path, F_OK) != 0)
        return true;
    store = store_open(&store_sqlite, path, &sql_queue, err);
    if (!store)
        return false;
    *copy = arena_printf(&data->arena, "%s.queue", target);
    is_ok = store_backup(store, *copy, err);
    store_close(store);
    return is_ok;
}

static int
run(const struct arguments *arguments)
{
    const char *target = arguments->words[0], *queue;
    struct data data;
    struct err err;
    int code = EXIT_FAILED;

    if (data_open(&data, arguments, DATA_MUST_EXIST)) {
        if (backup_queue(&data, target, &queue, &err) && store_backup(data.store, target, &err)) {
            printf("%s is a copy of %s/state.db", target, data.config.data);
            if (queue)
                printf(", %s of queue.db", queue);
            puts(". Keys are sealed with the secrets: keep a copy of those too.");
            code = EXIT_OK;
        } else {
            code = fail(&err);
        }
    }
    data_close(&data);
    return code;
}

const struct command command_backup = {
    .name = "backup",
    .words = "FILE",
    .summary = "Copy the databases to FILE and FILE.queue, which must not exist; a server may be running",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .run = run,
};
