/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a serverless.yml: all of it at once, each with its place and the lines around it. One thread.
 */
#ifndef FUNCTION_SERVICE_PROBLEM_H
#define FUNCTION_SERVICE_PROBLEM_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

enum { PROBLEMS_MAX = 200 };

/* A text that was read, kept for excerpts. */
struct source {
    const char *path; /* as shown */
    struct str text;
};

struct place {
    const struct source *source; /* NULL: nowhere in particular */
    uint32_t line, column;       /* from 1; 0: the file as a whole */
};

struct problem {
    const char *file; /* "" if it belongs to none */
    uint32_t line, column;
    const char *excerpt; /* three lines at most and a caret, each with its number; "" */
    const char *text;    /* one sentence */
    bool is_warning;
};

struct problems {
    struct arena arena;
    struct problem items[PROBLEMS_MAX];
    size_t count, error_count;
    bool is_cut; /* there were more */
};

void problems_init(struct problems *problems);
void problems_fini(struct problems *problems);

void problems_error(struct problems *problems, struct place at, const char *fmt, ...) PRINTF_LIKE(3, 4);
void problems_warn(struct problems *problems, struct place at, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* "serverless.yml:12:5: error: …" and the excerpt, for each; `what` decides about warnings. */
enum problems_part { PROBLEMS_ERRORS = 1, PROBLEMS_WARNINGS = 2, PROBLEMS_ALL = 3 };
void problems_text(const struct problems *problems, enum problems_part part, struct buf *out);
/* [{"file","line","column","message","excerpt","severity"}] */
void problems_json(const struct problems *problems, struct buf *out);

#endif
