/* SPDX-License-Identifier: MIT */
/* Reading a service on an api thread: files, variables, secrets; and what is said about it. */
#ifndef SERVER_SERVICE_READING_H
#define SERVER_SERVICE_READING_H

#include "function/service.h"
#include "function/service_problem.h"
#include "server/state.h"

/* One state of the files. Counted, control thread; what it holds is immutable. */
struct reading {
    unsigned refs;
    struct service *service; /* to be used only when there is no summary */
    char ***environments;    /* "NAME=value" lists, one for each function, NULL at the end of each */
    char **files;            /* what it was made of, relative where below the directory; NULL at the end */
    char *errors;            /* as they are printed; "" */
    struct reading_warning {
        char *sentence, *printed; /* with its place */
    } * warnings;
    size_t warning_count;
    char *diagnostics; /* the same as Problem.diagnostics (JSON) */
    char *summary;     /* the first error in one sentence; NULL: it is valid */
};

/* done: on the control thread, with one reference. Everything else must stay until then. */
void reading_start(const struct server *server, const char *dir, void (*done)(struct reading *reading));
struct reading *reading_get(struct reading *reading);
void reading_put(struct reading *reading); /* NULL is fine */

/*
 * Prints what is wrong and was not said of the readings before it: errors unless they are those of `last`, warnings
 * unless `warned` has them, wherever they were then. Both may be NULL.
 */
void reading_print(const struct reading *reading, const struct reading *last, const struct reading *warned);

#endif
