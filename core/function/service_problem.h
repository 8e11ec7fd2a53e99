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

/* Both are kept. The mark that editors on Windows put in front of UTF-8 is not part of the text. */
const struct source *source_new(struct arena *arena, const char *path, struct str text);

struct place {
    const struct source *source; /* NULL: nowhere in particular */
    uint32_t line, column;       /* from 1; 0: the file as a whole */
};

/* From where `from` is to where `to` is, in the same text. A column is a character. */
void place_advance(struct place *at, const char *from, const char *to);
char place_char(struct place at); /* the byte that is there; NUL: the line ends before */

struct service_problem {
    const char *file; /* "" if it belongs to none */
    uint32_t line, column;
    const char *excerpt; /* three lines at most and a caret, each with its number; "" */
    const char *text;    /* one sentence */
    bool is_warning;
};

struct service_problems {
    struct arena arena;
    struct service_problem items[PROBLEMS_MAX];
    size_t count, error_count;
    bool is_cut; /* there were more */
};

void service_problems_init(struct service_problems *problems);
void service_problems_fini(struct service_problems *problems);

void service_error(struct service_problems *problems, struct place at, const char *fmt, ...) PRINTF_LIKE(3, 4);
void service_warn(struct service_problems *problems, struct place at, const char *fmt, ...) PRINTF_LIKE(3, 4);

/*
 * Has a sentence about this place such a part already? Then the same is said again, of a copy of what was written
 * there: it counts, but is not kept.
 */
bool service_problem_again(struct service_problems *problems, struct place at, bool is_warning, const char *part);

/* "serverless.yml:12:5: error: …" and the excerpt. */
void service_problem_text(const struct service_problem *problem, struct buf *out);
enum service_problems_part { PROBLEMS_ERRORS = 1, PROBLEMS_WARNINGS = 2, PROBLEMS_ALL = 3 };
void service_problems_text(const struct service_problems *problems, enum service_problems_part part, struct buf *out);
/* [{"file","line","column","message","excerpt","severity"}] */
void service_problems_json(const struct service_problems *problems, struct buf *out);

#endif
