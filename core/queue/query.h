/* SPDX-License-Identifier: MIT */
/* The numbers of the queries in sql/queue. Only engine_sqlite.c names them. */
#ifndef QUEUE_QUERY_H
#define QUEUE_QUERY_H

enum queue_query {
#define QUERY(name, parameter_count, text) SQL_##name,
#include "sql/queue.def"
#undef QUERY
    SQL_COUNT
};

#endif
