/* SPDX-License-Identifier: MIT */
/* Answering a request on its own http thread. From other threads: call.h. */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/err.h"
#include "http/request.h"

struct http_field {
    struct str name; /* lower case */
    struct str value;
};

/* Initializer of a field with literals, for static tables too. */
#define HTTP_FIELD(name, value)                                                                                        \
    {                                                                                                                  \
        { (name), sizeof(name) - 1 },                                                                                  \
        {                                                                                                              \
            (value), sizeof(value) - 1                                                                                 \
        }                                                                                                              \
    }

struct http_response {
    unsigned status;
    struct str content_type; /* "" = none */
    struct str body;         /* copied, unless is_static */
    int file;                /* > 0: body.len bytes of this descriptor instead, from file_at; it is taken over */
    int64_t file_at;
    const struct http_field *fields;
    size_t field_count;
    bool is_static; /* body (not the fields) outlives the answer: it is part of the program */
    bool is_own;    /* ours, not a user's function: with the security headers, and the CSP when it is HTML */
    bool is_last;   /* close the connection afterwards */
};

/*
 * Sends the answer; once per request. Framing headers (content-length, connection, transfer-encoding, date) are ours
 * and left out of `fields`; a header with a line break in it turns the whole answer into a 500. HEAD gets the length
 * but no body.
 */
void http_respond(struct http_request *request, const struct http_response *response);

/* The answer cannot be sent any more: closes its file. http_respond and http_call_respond do it themselves. */
void http_response_drop(const struct http_response *response);

/*
 * An error as application/problem+json {"title","status","detail"}. detail: for the caller, never a path or a trace of
 * ours.
 */
void http_problem(struct http_request *request, unsigned status, const char *detail);

/* 302 (or another 3xx) to a location. */
void http_redirect(struct http_request *request, unsigned status, const char *location);

const char *http_status_text(unsigned status); /* "Not Found"; never NULL */

/* The problem+json text by itself, as call.h needs it; returns its length (at most size - 1). */
size_t http_problem_text(char *buf, size_t size, unsigned status, const char *detail);

#endif
