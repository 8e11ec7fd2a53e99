/* SPDX-License-Identifier: MIT */
/*
 * What the commands that work on DATA share: the open store, finding organizations and people in it. The store is used
 * directly, also beside a running server: SQLite's write-ahead log and busy timeout keep the two apart.
 */
#ifndef CLI_DATA_H
#define CLI_DATA_H

#include "auth/secrets.h"
#include "cli/command.h"
#include "store/org.h"
#include "store/store.h"
#include "store/user.h"

struct data {
    struct config config;
    struct secrets secrets;
    struct store *store;
    struct arena arena; /* of everything that is read */
};

enum data_mode { DATA_MUST_EXIST, DATA_CREATE };

/* false: the reason is on stderr. data_close in both cases. */
bool data_open(struct data *data, const struct arguments *arguments, enum data_mode mode);
void data_close(struct data *data);

/* A whole command: opens DATA, which must exist, and says what went wrong. Returns the exit code. */
typedef bool data_action(struct data *data, const struct arguments *arguments, struct err *err);
int data_run(const struct arguments *arguments, data_action *action);

#define OPTION_ORG                                                                                                     \
    {                                                                                                                  \
        "org", "SLUG", "Organization; default: the first one"                                                          \
    }

/* The organization of that slug, or with NULL the first one. An error when there is none. */
bool data_org(struct data *data, const char *slug, struct org **org, struct err *err) MUST_CHECK;
bool data_user(struct data *data, const char *email, struct user **user, struct err *err) MUST_CHECK;
bool data_env(struct data *data, const struct org *org, const char *slug, struct org_env **env,
              struct err *err) MUST_CHECK;

/* Submits and waits. REFUSED becomes the sentence `refused`. */
bool data_write(struct data *data, struct store_write *write, struct err *err, const char *refused, ...)
    PRINTF_LIKE(4, 5);

#endif
