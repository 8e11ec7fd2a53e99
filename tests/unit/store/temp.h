/* SPDX-License-Identifier: MIT */
/* A real database in a folder of its own, for the tests of store/ and auth/. */
#ifndef TEST_STORE_TEMP_H
#define TEST_STORE_TEMP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "store/org.h"
#include "store/store.h"

struct temp {
    char dir[64], path[96];
    struct store *store;
    struct arena arena;
    struct org_local local;
};

static inline void
temp_open(struct temp *temp)
{
    struct err err = { "" };

    temp->store = store_open(&store_sqlite, temp->path, &sql_state, &err);
    if (!temp->store)
        fail_msg("%s", err.text);
}

static inline void
temp_make(struct temp *temp)
{
    *temp = (struct temp){ .dir = "/tmp/interlude-store-XXXXXX" };
    assert_non_null(mkdtemp(temp->dir));
    snprintf(temp->path, sizeof temp->path, "%s/state.db", temp->dir);
}

/* With the organization `local`. */
static inline void
temp_init(struct temp *temp)
{
    struct err err = { "" };

    temp_make(temp);
    temp_open(temp);
    if (!store_bootstrap_local(temp->store, &temp->arena, &temp->local, &err))
        fail_msg("%s", err.text);
}

static inline void
temp_remove(struct temp *temp)
{
    static const char *const names[] = { "state.db", "state.db-wal", "state.db-shm", "backup.db", "secrets" };
    char path[128];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", temp->dir, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(temp->dir), 0);
}

static inline void
temp_fini(struct temp *temp)
{
    if (temp->store)
        store_close(temp->store);
    arena_fini(&temp->arena);
    temp_remove(temp);
}

/* Submits, waits, and compares the verdict. */
static inline void
temp_write(struct temp *temp, struct store_write *write, enum store_verdict expected)
{
    struct err err = { "" };
    enum store_verdict verdict = store_write_wait(temp->store, write, &err);

    if (verdict != expected)
        fail_msg("verdict %d instead of %d: %s", verdict, expected, err.text);
}

/* The database of the case that runs, where each case of a file begins with a new one. */
static struct temp temp;

static inline int
temp_setup(void **state)
{
    (void)state;
    temp_init(&temp);
    return 0;
}

static inline int
temp_teardown(void **state)
{
    (void)state;
    temp_fini(&temp);
    return 0;
}

#endif
