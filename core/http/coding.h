/* SPDX-License-Identifier: MIT */
/* Which codings of an answer a client takes (RFC 9110 12.5.3). */
#ifndef HTTP_CODING_H
#define HTTP_CODING_H

#include "base/str.h"

/* accept: the value of Accept-Encoding. As far as it matters here: named, and not with q=0. Any thread. */
bool coding_is_accepted(struct str accept, struct str coding);

/* The next item of a comma list, without the blanks in front; moves *list behind it. */
struct str coding_next_item(struct str *list);

#endif
