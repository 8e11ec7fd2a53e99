/* SPDX-License-Identifier: MIT */
/*
 * What browsers are told about other origins (functions.md 1.10). Owns the header fields; which rule an address has is
 * service.h, when a request is a preflight for it is routing. Any thread.
 */
#ifndef FUNCTION_CORS_H
#define FUNCTION_CORS_H

#include "function/service.h"
#include "http/response.h"

enum { CORS_MAX_FIELDS = 8 };

/* The rule of `.cors` in routes/: every origin, the method of the function ("ANY" too) and OPTIONS. Never NULL. */
const struct service_cors *cors_of_method(const char *method);

/* Does the rule let pages of this origin in? */
bool cors_allows(const struct service_cors *cors, struct str origin);

/* OPTIONS that a browser sends before the request it means: with Origin and the method it will use. */
bool cors_is_preflight(const struct http_request *request);

/* Answers OPTIONS in place of a function. */
unsigned cors_preflight_status(enum service_endpoint_kind kind);
void cors_preflight(struct http_request *request, const struct service_cors *cors, enum service_endpoint_kind kind);

/* The fields of that answer; texts lie in the arena, the rule and `origin` (p NULL: none was sent). */
size_t cors_preflight_fields(struct arena *arena, const struct service_cors *cors, enum service_endpoint_kind kind,
                             struct str origin, struct http_field fields[CORS_MAX_FIELDS]);

/*
 * The fields of any other answer of an address with such a rule: `fields` holds `count` of a function and has room for
 * CORS_MAX_FIELDS more; returns how many there are then. HTTP_API: the rule decides, what the function said about it is
 * dropped. HTTP (routes/, or corsOnResponses): only what the function did not say. Texts as above.
 */
size_t cors_answer_fields(struct arena *arena, const struct service_cors *cors, enum service_endpoint_kind kind,
                          struct str origin, struct http_field *fields, size_t count);

#endif
