/* SPDX-License-Identifier: MIT */
/* The SQL texts of one database, as the build collects them from sql/. Owns the shape only; sql.c holds the tables. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

struct sql_migration {
    int version;
    const char *name, *text; /* one statement; a version has several rows */
};

struct sql_query {
    const char *name;
    unsigned parameter_count;
    const char *text;
};

struct sql_set {
    const struct sql_migration *migrations;
    unsigned migration_count;
    const struct sql_query *queries;
    unsigned query_count;
    unsigned migration_list, migration_add; /* the two queries that a driver needs itself */
};

extern const struct sql_set sql_state; /* state.db; its queries are enum state_query of store/query.h */

#endif
