/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with route files right now, for the panel in the browser: compiler errors, modules that were refused,
 * slug clashes, crashes. One problem per kind and file; it goes away when the file gets well. Control thread only.
 */
#ifndef HOST_PROBLEM_H
#define HOST_PROBLEM_H

#include <stdint.h>

#include "base/map.h"
#include "base/str.h"
#include "json/write.h"

enum problem_kind { PROBLEM_COMPILE, PROBLEM_MODULE, PROBLEM_CLASH, PROBLEM_CRASH };

struct problems {
    struct map by_key; /* "kind file" -> struct problem */
    void (*changed)(void *arg);
    void *arg;
};

void problems_init(struct problems *problems, void (*changed)(void *arg), void *arg);

/* `slug` may be NULL; `diagnostics` is a JSON array or empty. Replaces what was said of this kind and file before. */
void problem_set(struct problems *problems, enum problem_kind kind, const char *file, const char *slug,
                 bool still_serving, struct str diagnostics, const char *message);
void problem_clear(struct problems *problems, enum problem_kind kind, const char *file);
bool problem_exists(const struct problems *problems, enum problem_kind kind, const char *file);

/* Appends the array of `Problem` objects of the dashboard API, newest first. */
void problems_to_json(const struct problems *problems, struct json_out *out);

#endif
