/* SPDX-License-Identifier: MIT */
/* The SQL texts of queue.db. */
#ifndef QUEUE_SQL_H
#define QUEUE_SQL_H

#include "store/sql.h"

extern const struct sql_set sql_queue;

#endif
