/* SPDX-License-Identifier: MIT */
/*
 * What a compiler says, as data: read from gcc's JSON or from the lines that every compiler prints, written for the
 * browser and for a terminal. Does not run the compiler; that is compile.h. Any thread.
 */
#ifndef HOST_DIAGNOSTIC_H
#define HOST_DIAGNOSTIC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

struct diagnostic {
    struct diagnostic *next;
    enum severity severity;
    const char *file; /* relative to the root when inside it; "" when the linker or the compiler itself speaks */
    int line, column; /* from 1; 0: unknown */
    const char *message;
    const char *source; /* the line it is about, tabs as spaces; "" if unknown */
    const char *caret;  /* "    ^~~~", to be put under source; "" if unknown */
};

/*
 * Reads the output of a compiler that compiled files below root: gcc's -fdiagnostics-format=json, or text. At most 100
 * are kept. Everything lives in the arena. NULL: it said nothing.
 */
struct diagnostic *diagnostics_read(struct arena *arena, struct str output, const char *root);

const struct diagnostic *diagnostics_first_error(const struct diagnostic *list); /* NULL: none */

/* the JSON array of Problem.diagnostics */
void diagnostics_to_json(const struct diagnostic *list, struct buf *out);
void diagnostics_to_text(const struct diagnostic *list, bool with_colour, struct buf *out); /* with excerpt and caret */

#endif
