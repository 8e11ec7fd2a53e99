/* SPDX-License-Identifier: MIT */
/*
 * Policy documents, as authorizer functions answer with (functions.md 1.12): may this method be called? Reads the part
 * of AWS's language that such documents use. Any thread.
 */
#ifndef FUNCTION_POLICY_H
#define FUNCTION_POLICY_H

#include "json/read.h"

enum policy_verdict {
    POLICY_ALLOWED,
    POLICY_DENIED,    /* by a statement, or because none allows it */
    POLICY_MALFORMED, /* err says what is wrong; nobody is let in by something that we do not understand */
};

enum policy_verdict policy_judge(struct arena *arena, struct json document, struct str resource, struct err *err);

/* '*' stands for any characters, '/' and ':' too, '?' for one. */
bool policy_match(struct str pattern, struct str text);

#endif
