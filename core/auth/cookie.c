/* SPDX-License-Identifier: MIT */
/* The session cookie as header text (cookie.h). */
#include "auth/cookie.h"

#include <inttypes.h>

const char *
cookie_name(bool is_https)
{
    return is_https ? "__Host-interlude_session" : "interlude_session";
}

static struct str
trimmed(struct str s)
{
    while (s.len && (*s.p == ' ' || *s.p == '\t'))
        s = (struct str){ s.p + 1, s.len - 1 };
    while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
        s.len--;
    return s;
}

struct str
cookie_find(struct str header, const char *name)
{
    while (header.len) {
        const char *semicolon = memchr(header.p, ';', header.len);
        size_t len = semicolon ? (size_t)(semicolon - header.p) : header.len;
        struct str pair = trimmed((struct str){ header.p, len });
        const char *equals = pair.len ? memchr(pair.p, '=', pair.len) : NULL;

        if (equals) {
            struct str key = trimmed((struct str){ pair.p, (size_t)(equals - pair.p) });

            if (str_is(key, name))
                return trimmed((struct str){ equals + 1, (size_t)(pair.p + pair.len - equals - 1) });
        }
        if (!semicolon)
            break;
        header = (struct str){ semicolon + 1, header.len - len - 1 };
    }
    return (struct str){ NULL, 0 };
}

char *
cookie_set(struct arena *arena, bool is_https, const char *value, int64_t max_age_s)
{
    return arena_printf(arena, "%s=%s; Path=/; Max-Age=%" PRId64 "; HttpOnly; SameSite=Lax%s", cookie_name(is_https),
                        value, max_age_s, is_https ? "; Secure" : "");
}

char *
cookie_clear(struct arena *arena, bool is_https)
{
    return cookie_set(arena, is_https, "", 0);
}
