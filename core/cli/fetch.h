/* SPDX-License-Identifier: MIT */
/*
 * One HTTP request to a server of ours, for commands: waits for the answer. Between curl_global_init and its cleanup.
 */
#ifndef CLI_FETCH_H
#define CLI_FETCH_H

#include "base/buf.h"
#include "base/err.h"

enum { FETCH_MAX_HEADERS = 8, FETCH_MAX_VALUE = 8 << 10 };

struct fetch {
    const char *url, *method;
    const char *headers[FETCH_MAX_HEADERS]; /* "Name: value"; NULL at the end unless all are there */
    struct str body;
    const char *option; /* the one that names the server, for the error; "--url" */

    /* the answer */
    long status;
    struct buf head, reply; /* header lines as sent, \r\n behind each; the body */
};

void fetch_init(struct fetch *fetch, const char *url, const char *method);
void fetch_fini(struct fetch *fetch);

/* false: no answer came, and what to do about it. */
bool fetch_perform(struct fetch *fetch, struct err *err) MUST_CHECK;

/* The value of the last header of that name, cut at FETCH_MAX_VALUE. false: there is none, and value is "". */
bool fetch_header(const struct fetch *fetch, const char *name, char value[FETCH_MAX_VALUE]);

#endif
