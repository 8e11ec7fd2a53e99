/* SPDX-License-Identifier: MIT */
/* The session cookie as header text. What is in it is session.h. */
#ifndef AUTH_COOKIE_H
#define AUTH_COOKIE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* With https the name has the __Host- prefix (RFC 6265bis 4.1.3.2), so no other host of the domain can plant one. */
const char *cookie_name(bool is_https);

/* The value in a Cookie header; of doubled names the first. p NULL: not there. */
struct str cookie_find(struct str header, const char *name);

/* Values of Set-Cookie: HttpOnly, SameSite=Lax, Path=/ and with https Secure. */
char *cookie_set(struct arena *arena, bool is_https, const char *value, int64_t max_age_s);
char *cookie_clear(struct arena *arena, bool is_https);

#endif
