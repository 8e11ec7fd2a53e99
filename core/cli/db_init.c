/* SPDX-License-Identifier: MIT */
/* interlude db-init: the database, made or brought up to date. */
#include <stdio.h>

#include "cli/data.h"

static int
run(const struct arguments *arguments)
{
    struct data data;
    bool is_open =
        data_open(&data, arguments, argument_is_set(arguments, "skip-create") ? DATA_MUST_EXIST : DATA_CREATE);

    if (is_open)
        printf("The database in %s is ready.\n", data.config.data);
    data_close(&data);
    return is_open ? EXIT_OK : EXIT_FAILED;
}

const struct command command_db_init = {
    .name = "db-init",
    .summary = "Make the database, or bring it up to date",
    .details = "Every start does the same; repeating it changes nothing.",
    .config = COMMAND_DATA,
    .options = { { "skip-create", NULL, "Fail if there is no database yet" } },
    .run = run,
};
