/* SPDX-License-Identifier: MIT */
/* The numbers of the queries in sql/queries. Only store/ names them; others use the functions of the record files. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

enum state_query {
#define QUERY(name, parameter_count, text) SQL_##name,
#include "sql/state.def"
#undef QUERY
    SQL_COUNT
};

#endif
