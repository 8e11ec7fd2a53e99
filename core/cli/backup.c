/* SPDX-License-Identifier: MIT */
/* interlude backup: a consistent copy of the database, also while a server uses it. */
#include <stdio.h>

#include "cli/data.h"

static int
run(const struct arguments *arguments)
{
    struct data data;
    struct err err;
    int code = EXIT_FAILED;

    if (data_open(&data, arguments, DATA_MUST_EXIST)) {
        if (store_backup(data.store, arguments->words[0], &err)) {
            printf("%s is a copy of %s/state.db. Keys are sealed with the secrets: keep a copy of those too.\n",
                   arguments->words[0], data.config.data);
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
    .summary = "Copy the database to FILE, which must not exist; a server may be running",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .run = run,
};
