/* SPDX-License-Identifier: MIT */
/* The notations of values (value.h). */
#include "config/value.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* Digits at the start of *text, which is moved behind them. */
static bool
take_digits(struct str *text, int64_t *value)
{
    size_t len = 0;

    for (*value = 0; len < text->len && text->p[len] >= '0' && text->p[len] <= '9'; len++)
        if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, text->p[len] - '0', value))
            return false;
    if (len == 0)
        return false;
    text->p += len;
    text->len -= len;
    return true;
}

bool
value_int(struct str text, int64_t *value, struct err *err)
{
    if (!take_digits(&text, value) || text.len)
        return err_set(err, "is not a whole number");
    return true;
}

struct unit {
    const char *name;
    int64_t factor;
};

static bool
take_unit(struct str text, const struct unit *units, size_t count, int64_t *value)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(text, units[i].name))
            return !__builtin_mul_overflow(*value, units[i].factor, value);
    return false;
}

bool
value_duration(struct str text, int64_t *ms, struct err *err)
{
    static const struct unit units[] = {
        { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 }, { "h", 3600 * 1000 }, { "d", 24 * 3600 * 1000 }
    };

    if (take_digits(&text, ms) && ((*ms == 0 && !text.len) || take_unit(text, units, COUNT_OF(units), ms)))
        return true;
    return err_set(err, "is not a duration such as 500ms, 30s, 5m, 2h or 1d");
}

bool
value_size(struct str text, int64_t *bytes, struct err *err)
{
    static const struct unit units[] = { { "", 1 },        { "B", 1 },         { "K", 1 << 10 },    { "KiB", 1 << 10 },
                                         { "kB", 1000 },   { "M", 1 << 20 },   { "MiB", 1 << 20 },  { "MB", 1000000 },
                                         { "G", 1 << 30 }, { "GiB", 1 << 30 }, { "GB", 1000000000 } };

    if (take_digits(&text, bytes) && take_unit(text, units, COUNT_OF(units), bytes))
        return true;
    return err_set(err, "is not a size such as 65536, 64KiB, 10MiB or 1GiB");
}

static bool
is_word(struct str text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.p, word, text.len) == 0;
}

bool
value_bool(struct str text, bool *value, struct err *err)
{
    static const char *const words[] = { "off", "on", "false", "true", "no", "yes", "0", "1" };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (is_word(text, words[i])) {
            *value = i % 2;
            return true;
        }
    return err_set(err, "is neither on nor off");
}

bool
value_level(struct str text, enum log_level *level, struct err *err)
{
    static const struct {
        const char *word;
        enum log_level level;
    } words[] = {
        { "error", LOG_LEVEL_ERROR }, { "warn", LOG_LEVEL_WARN }, { "info", LOG_LEVEL_INFO },
        { "debug", LOG_LEVEL_DEBUG }, { "http", LOG_LEVEL_INFO }, { "verbose", LOG_LEVEL_INFO }, /* server.md 1.2: */
        { "silly", LOG_LEVEL_DEBUG }, /* the words of Interval Server */
        { "quiet", LOG_LEVEL_WARN },  /* and of its SDKs */
    };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (is_word(text, words[i].word)) {
            *level = words[i].level;
            return true;
        }
    return err_set(err, "is none of error, warn, info, debug");
}

static bool
is_host_name(struct str host)
{
    if (!host.len || host.len > 253)
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_", host.p[i]) || !host.p[i])
            return false;
    return true;
}

static bool
is_ipv6(struct str host)
{
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN];

    return host.len < sizeof text && snprintf(text, sizeof text, "%.*s", STR_ARG(host)) >= 0 &&
           inet_pton(AF_INET6, text, bytes) == 1;
}

/* Splits host:port, [v6]:port or a host alone (*port empty then). */
static bool
split_host(struct str text, struct str *host, struct str *port)
{
    const char *bracket = text.len && text.p[0] == '[' ? memchr(text.p, ']', text.len) : NULL;
    const char *colon;

    *port = (struct str){ NULL, 0 };
    if (bracket) {
        *host = (struct str){ text.p + 1, (size_t)(bracket - text.p - 1) };
        text.len -= (size_t)(bracket + 1 - text.p);
        text.p = bracket + 1;
        if (text.len && text.p[0] != ':')
            return false;
        *port = text.len ? (struct str){ text.p + 1, text.len - 1 } : *port;
        return is_ipv6(*host) && (!text.len || port->len);
    }
    colon = memchr(text.p, ':', text.len);
    *host = (struct str){ text.p, colon ? (size_t)(colon - text.p) : text.len };
    if (colon) {
        *port = (struct str){ colon + 1, text.len - host->len - 1 };
        return is_host_name(*host) && port->len;
    }
    return is_host_name(*host);
}

static bool
port_of(struct str text, uint16_t *port)
{
    int64_t value;

    if (!value_int(text, &value, NULL) || value > UINT16_MAX)
        return false;
    *port = (uint16_t)value;
    return true;
}

bool
value_url(struct str text, struct err *err)
{
    static const struct str schemes[] = { { "http://", 7 }, { "https://", 8 } };
    struct str host, port;
    uint16_t number;

    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        if (text.len < schemes[i].len || strncasecmp(text.p, schemes[i].p, schemes[i].len) != 0)
            continue;
        text.p += schemes[i].len;
        text.len -= schemes[i].len;
        while (text.len && text.p[text.len - 1] == '/')
            text.len--;
        if (memchr(text.p, '/', text.len))
            return err_set(err, "has a path, but a server always owns a whole host name");
        if (split_host(text, &host, &port) && (!port.len || port_of(port, &number)))
            return true;
        break;
    }
    return err_set(err, "is not an address such as https://tools.example.com");
}

bool
value_address(struct str text, struct address *address, struct err *err)
{
    struct str host = { NULL, 0 }, port = text;

    if ((port_of(text, &address->port) || (split_host(text, &host, &port) && port_of(port, &address->port))) &&
        host.len < sizeof address->host) {
        snprintf(address->host, sizeof address->host, "%.*s", STR_ARG(host));
        return true;
    }
    return err_set(err, "is not an address such as 8080, 127.0.0.1:8080 or [::1]:8080");
}

bool
address_next(const char **rest, struct address *address)
{
    const char *p = *rest + strspn(*rest, ", \t");
    size_t len = strcspn(p, ", \t");

    *rest = p + len;
    return len && value_address((struct str){ p, len }, address, NULL);
}
