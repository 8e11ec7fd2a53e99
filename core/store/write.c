/* SPDX-License-Identifier: MIT */
/* Building writes (write.h). */
#include "store/write.h"

static const char too_large[] = "more than 64 MiB in one write";

struct store_write *
store_write_new(void)
{
    struct store_write *write;
    struct arena arena;

    arena_init(&arena, STORE_MAX_WRITE);
    write = arena_alloc(&arena, sizeof *write);
    write->arena = arena;
    write->last = &write->first;
    return write;
}

void
store_write_free(struct store_write *write)
{
    struct arena arena = write->arena; /* the write lies in it */

    arena_fini(&arena);
}

/* A text that does not fit fails the write when it is applied, so that callers need no check per value. */
static struct store_value
copy_value(struct store_write *write, struct store_value value)
{
    if (value.type == STORE_TEXT || value.type == STORE_BLOB) {
        value.text.p = arena_strndup(&write->arena, value.text.p, value.text.len);
        if (!value.text.p)
            write->problem = too_large;
    }
    return value;
}

static void
fill(struct store_write *write, struct store_value *copies, const struct store_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        copies[i] = copy_value(write, values[i]);
}

struct store_statement *
store_add(struct store_write *write, unsigned query, int expect, const struct store_value *values, size_t count)
{
    struct store_statement *statement = arena_alloc(&write->arena, sizeof *statement + count * sizeof *values);
    struct store_value *copies;

    if (!statement) {
        write->problem = too_large;
        return NULL;
    }
    copies = (struct store_value *)(void *)(statement + 1);
    fill(write, copies, values, count);
    *statement = (struct store_statement){
        .query = query, .value_count = (unsigned)count, .row_count = 1, .values = copies, .expect = expect
    };
    *write->last = statement;
    write->last = &statement->next;
    write->statement_count++;
    return statement;
}

void
store_add_row(struct store_write *write, struct store_statement *statement, const struct store_value *values)
{
    size_t rows, count;

    if (!statement)
        return;
    rows = statement->row_count;
    count = statement->value_count;
    if ((rows & (rows - 1)) == 0) {
        struct store_value *copies = arena_alloc(&write->arena, 2 * rows * count * sizeof *copies);

        if (!copies) {
            write->problem = too_large;
            return;
        }
        memcpy(copies, statement->values, rows * count * sizeof *copies);
        statement->values = copies;
        statement->next_row = copies + rows * count;
    }
    fill(write, statement->next_row, values, count);
    statement->next_row += count;
    statement->row_count++;
}

void
store_write_judge(struct store_write *write, enum store_verdict verdict, const char *fmt, ...)
{
    va_list args;

    write->verdict = verdict;
    va_start(args, fmt);
    write->problem = arena_vprintf(&write->arena, fmt, args);
    va_end(args);
    if (!write->problem)
        write->problem = "the write is too large";
}
