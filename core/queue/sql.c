/* SPDX-License-Identifier: MIT */
/* The tables of store/sql.h for queue.db, from what the build made of sql/queue/ (packaging/build/sql.awk). */
#include "queue/sql.h"

#include "base/mem.h"
#include "queue/query.h"

static const struct sql_migration migrations[] = {
#define MIGRATION(version, name, text) { version, name, text },
#include "sql/queue.def"
#undef MIGRATION
};

static const struct sql_query queries[] = {
#define QUERY(name, parameter_count, text) { #name, parameter_count, text },
#include "sql/queue.def"
#undef QUERY
};

const struct sql_set sql_queue = {
    .migrations = migrations,
    .migration_count = COUNT_OF(migrations),
    .queries = queries,
    .query_count = COUNT_OF(queries),
    .migration_list = SQL_MIGRATION_LIST,
    .migration_add = SQL_MIGRATION_ADD,
};
