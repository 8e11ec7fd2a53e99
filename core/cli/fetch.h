/* SPDX-License-Identifier: MIT */
/* One HTTP request to a server of ours, for commands: waits for the answer. */
#ifndef CLI_FETCH_H
#define CLI_FETCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { FETCH_MAX_HEADERS = 8, FETCH_MAX_VALUE = 8 << 10 };

struct fetch {
    const char *url, *method;
    const char *headers[FETCH_MAX_HEADERS]; /* "Name: value"; NULL at the end unless all are there */
    struct str body;
    long timeout_ms; /* 0: none */

    /* the answer */
    long status;
    struct buf head, reply; /* header lines as sent, \r\n behind each; the body */
};

void fetch_init(struct fetch *fetch, const char *url, const char *method);
void fetch_fini(struct fetch *fetch);

/* false: no answer came (status 0), and what to do about it. */
bool fetch_perform(struct fetch *fetch, struct err *err) MUST_CHECK;

/* The value of the last header of that name, cut at FETCH_MAX_VALUE. false: there is none, and value is "". */
bool fetch_header(const struct fetch *fetch, const char *name, char value[FETCH_MAX_VALUE]);

/* "a b/c" -> "a%20b/c" */
const char *fetch_escape(struct arena *arena, const char *text);

/*
 * Which server: --server or --url (commands of SERVER_OPTIONS), INTERLUDE_URL, else `own`. Without a slash at its end.
 * NULL: that is no address.
 */
struct arguments;
const char *fetch_server(struct arena *arena, const struct arguments *arguments, const char *own,
                         struct err *err) MUST_CHECK;

/* clang-format off */
#define SERVER_OPTIONS                                                                                \
    { "server", "URL", "Address of the server; default: INTERLUDE_URL, else the one of this directory" }, \
    { "url", "URL", "The same as --server" }
/* clang-format on */

#endif
