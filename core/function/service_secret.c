/* SPDX-License-Identifier: MIT */
/* ${secret:name} in texts (service.h): found, and replaced where a value is used. */
#include "function/service.h"

static const char opening[] = "${secret:";

bool
service_has_secret(const char *text)
{
    return text && strstr(text, opening);
}

bool
service_expand_secrets(const char *text, const char *(*lookup)(void *arg, struct str name), void *arg, struct buf *out,
                       struct err *err)
{
    const char *start;

    while ((start = strstr(text, opening))) {
        struct str name = { start + sizeof opening - 1, strcspn(start + sizeof opening - 1, "}") };
        const char *value;

        if (name.p[name.len] != '}')
            break;
        value = lookup(arg, name);
        if (!value)
            return err_set(err, "there is no secret %.*s; make it with: interlude secrets set %.*s", STR_ARG(name),
                           STR_ARG(name));
        buf_put(out, text, (size_t)(start - text));
        buf_str(out, value);
        text = name.p + name.len + 1;
    }
    buf_str(out, text);
    return !out->over || err_set(err, "with its secrets the value is too long");
}
