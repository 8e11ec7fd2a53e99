/* SPDX-License-Identifier: MIT */
/* Reading zoneinfo files (RFC 8536) into one table of offsets (zone.h). */
#include "function/zone.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "function/zone_rule.h"

enum { MAX_FILE = 64 << 10, HEADER_LEN = 44, DAY_S = 86400 };

/* Valid from `at` to the next one. */
struct span {
    int64_t at;
    int32_t offset;
};

struct zone {
    size_t count;
    struct span spans[]; /* the first begins before everything */
};

/* ---- bytes */

static int64_t
big_endian(const unsigned char *p, int len)
{
    uint64_t value = p[0] & 0x80 ? UINT64_MAX : 0;

    for (int i = 0; i < len; i++)
        value = value << 8 | p[i];
    return (int64_t)value;
}

/* Lengths in the header (RFC 8536 3.1), in its order. */
struct header {
    int64_t ut_count, std_count, leap_count, time_count, type_count, char_count;
};

static bool
read_header(const unsigned char *p, size_t len, struct header *header)
{
    int64_t *counts[] = { &header->ut_count,   &header->std_count,  &header->leap_count,
                          &header->time_count, &header->type_count, &header->char_count };

    if (len < HEADER_LEN || memcmp(p, "TZif", 4) != 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        *counts[i] = big_endian(p + 20 + 4 * i, 4);
        if (*counts[i] < 0 || *counts[i] > MAX_FILE)
            return false;
    }
    return header->type_count > 0;
}

static size_t
data_len(const struct header *header, int time_len)
{
    return (size_t)(header->time_count * (time_len + 1) + header->type_count * 6 + header->char_count +
                    header->leap_count * (time_len + 4) + header->std_count + header->ut_count);
}

/* ---- the table */

static void
add_span(struct zone *zone, int64_t at, int32_t offset)
{
    if (zone->count && (at <= zone->spans[zone->count - 1].at || offset == zone->spans[zone->count - 1].offset))
        return;
    zone->spans[zone->count++] = (struct span){ at, offset };
}

static void
follow_rule(struct zone *zone, const struct zone_rule *rule, int64_t last)
{
    if (!rule->has_summer) {
        add_span(zone, last + 1, rule->offset);
        return;
    }
    for (int year = 1970; year <= ZONE_LAST_YEAR; year++) {
        int64_t begin = zone_change_in(&rule->begin, year) - rule->offset;
        int64_t end = zone_change_in(&rule->end, year) - rule->summer_offset;
        struct span first = { begin, rule->summer_offset }, second = { end, rule->offset };

        if (end < begin) { /* south of the equator */
            first = (struct span){ end, rule->offset };
            second = (struct span){ begin, rule->summer_offset };
        }
        if (first.at > last)
            add_span(zone, first.at, first.offset);
        if (second.at > last)
            add_span(zone, second.at, second.offset);
    }
}

/* The block with 64-bit times, which begins at p. */
static struct zone *
read_block(const unsigned char *p, const struct header *header, const char *footer)
{
    size_t times = (size_t)header->time_count;
    const unsigned char *kinds = p + 8 * times, *types = kinds + times;
    struct zone *zone = mem_alloc(sizeof *zone + (times + 2 + 2 * (ZONE_LAST_YEAR - 1970 + 1)) * sizeof zone->spans[0]);
    int64_t last = INT64_MIN / 2;
    struct zone_rule rule;

    add_span(zone, last, (int32_t)big_endian(types, 4));
    for (size_t i = 0; i < times; i++) {
        if (kinds[i] >= header->type_count) {
            free(zone);
            return NULL;
        }
        last = big_endian(p + 8 * i, 8);
        add_span(zone, last, (int32_t)big_endian(types + 6 * kinds[i], 4));
    }
    if (zone_rule_parse(footer, &rule))
        follow_rule(zone, &rule, last);
    return zone;
}

/* len bytes and a NUL behind them. */
static struct zone *
read_zone(const unsigned char *bytes, size_t len)
{
    struct header header;
    size_t at, behind;
    char *footer;

    if (!read_header(bytes, len, &header) || bytes[4] < '2')
        return NULL;
    at = HEADER_LEN + data_len(&header, 4);
    if (at > len || !read_header(bytes + at, len - at, &header))
        return NULL;
    at += HEADER_LEN;
    behind = at + data_len(&header, 8);
    if (behind >= len || bytes[behind] != '\n')
        return NULL;
    footer = (char *)(uintptr_t)(bytes + behind + 1);
    footer[strcspn(footer, "\n")] = '\0';
    return read_block(bytes + at, &header, footer);
}

static bool
is_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";

    return *name && *name != '/' && name[strspn(name, allowed)] == '\0';
}

struct zone *
zone_open(const char *name, struct err *err)
{
    struct zone *zone = NULL;
    unsigned char *bytes;
    ssize_t len = -1;
    int dir, fd;

    if (!is_name(name)) {
        err_set(err, "\"%s\" is no time zone; names look like Europe/Berlin", name);
        return NULL;
    }
    bytes = mem_alloc(MAX_FILE + 1);
    dir = open("/usr/share/zoneinfo", O_PATH | O_DIRECTORY | O_CLOEXEC);
    fd = dir >= 0 ? openat(dir, name, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0)
        len = read(fd, bytes, MAX_FILE);
    if (len > 0)
        zone = read_zone(bytes, (size_t)len);
    if (!zone)
        err_set(err, "there is no time zone \"%s\" on this machine; look into /usr/share/zoneinfo%s", name,
                dir < 0 ? ", which package tzdata brings" : "");
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    free(bytes);
    return zone;
}

void
zone_free(struct zone *zone)
{
    free(zone);
}

/* ---- looking things up */

static size_t
span_at(const struct zone *zone, int64_t utc_s)
{
    size_t low = 0, high = zone->count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (zone->spans[middle].at <= utc_s)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int32_t
zone_offset(const struct zone *zone, int64_t utc_s)
{
    return zone ? zone->spans[span_at(zone, utc_s)].offset : 0;
}

int64_t
zone_to_utc(const struct zone *zone, int64_t local_s)
{
    if (!zone)
        return local_s;
    /* no offset is larger than a day: the span in question is this one or a later one */
    for (size_t i = span_at(zone, local_s - 2 * DAY_S);; i++) {
        int64_t utc_s = local_s - zone->spans[i].offset;

        if (i + 1 == zone->count || utc_s < zone->spans[i + 1].at)
            return utc_s > zone->spans[i].at ? utc_s : zone->spans[i].at;
    }
}
