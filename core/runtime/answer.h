/* SPDX-License-Identifier: MIT */
/*
 * One value of a RETURN on its way into the author's variable. The browser has checked it, and may be hostile:
 * everything is checked again, with the same messages (io-methods.md 8). The checks are in answer_text.c,
 * answer_number.c, answer_date.c, answer_select.c, answer_sheet.c,
 * answer_file.c, search.c.
 */
#ifndef RUNTIME_ANSWER_H
#define RUNTIME_ANSWER_H

#include "base/arena.h"
#include "interlude/api.h"
#include "json/read.h"

struct table;
struct search;

enum verdict {
    ANSWER_TAKEN,     /* the variable is set */
    ANSWER_EMPTY,     /* nothing was entered */
    ANSWER_REFUSED,   /* .message says to the person what is wrong */
    ANSWER_MALFORMED, /* no browser of ours sends this type */
    ANSWER_NO_MEMORY,
};

struct answer {
    struct arena *arena; /* for what the variable points to, and for the message */
    struct json value;
    const struct table *table;   /* of a SELECT_TABLE */
    const struct search *search; /* of a SEARCH */
    const char *place;           /* of an UPLOAD_FILE: "<group>/<id of the field>"; NULL: the files are elsewhere */
    void *out;                   /* the author's variable, of the method's answer type */
    const char *message;
};

/* Sets the message and is ANSWER_REFUSED. */
enum verdict answer_refuse(struct answer *answer, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * "between A and B", "later than or equal to A" … for a range whose ends may be missing; the words are those of the
 * original.
 */
enum verdict answer_refuse_range(struct answer *answer, const char *what, const char *more, const char *less,
                                 const char *min, const char *max);

enum verdict answer_text(struct answer *answer, const void *item);
enum verdict answer_email(struct answer *answer, const void *item);
enum verdict answer_url(struct answer *answer, const void *item);
enum verdict answer_number(struct answer *answer, const void *item);
enum verdict answer_slider(struct answer *answer, const void *item);
enum verdict answer_rich_text(struct answer *answer, const void *item);
enum verdict answer_spreadsheet(struct answer *answer, const void *item);
enum verdict answer_file(struct answer *answer, const void *item);
enum verdict answer_files(struct answer *answer, const void *item);
enum verdict answer_search(struct answer *answer, const void *item);
enum verdict answer_search_many(struct answer *answer, const void *item);
enum verdict answer_boolean(struct answer *answer, const void *item);
enum verdict answer_date(struct answer *answer, const void *item);
enum verdict answer_time(struct answer *answer, const void *item);
enum verdict answer_datetime(struct answer *answer, const void *item);
enum verdict answer_select(struct answer *answer, const void *item);
enum verdict answer_select_many(struct answer *answer, const void *item);
enum verdict answer_select_table(struct answer *answer, const void *item);

#endif
