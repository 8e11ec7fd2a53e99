/* SPDX-License-Identifier: MIT */
/* The logs of functions, read again (journal_read.h). */
#include "function/journal_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "function/journal.h"
#include "function/journal_internal.h"

enum { DAY_LEN = 10, PART = 256 << 10, MAX_PATH = 4096, DAY_MS = 86400 * 1000, MAX_DAYS = 400 };

bool
journal_place_read(const char *text, struct journal_place *place)
{
    long long offset;
    int end = 0;

    *place = (struct journal_place){ "", 0 };
    if (sscanf(text, "%10[0-9-]:%lld%n", place->day, &offset, &end) != 2 || text[end] || offset < 0 ||
        strlen(place->day) != DAY_LEN)
        return false;
    place->offset = offset;
    return true;
}

const char *
journal_place_text(struct arena *arena, const struct journal_place *place)
{
    return arena_printf(arena, "%s:%lld", place->day, (long long)place->offset);
}

static void
day_of(int64_t at_ms, char day[DAY_LEN + 1])
{
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(day, DAY_LEN + 1, "%Y-%m-%d", &tm);
}

static bool
is_mark(struct str line)
{
    return str_starts(line, STR("START RequestId: ")) || str_starts(line, STR("END RequestId: ")) ||
           str_starts(line, STR("REPORT RequestId: "));
}

struct reading {
    const struct journal_query *query;
    char since[JOURNAL_TIME + 1];
    void (*line)(void *arg, struct str text);
    void *arg;
    size_t count;
};

static void
take(struct reading *reading, struct str line)
{
    const char *filter = reading->query->filter;
    struct str text = line;

    if (line.len <= JOURNAL_TIME + 1 || strncmp(line.p, reading->since, JOURNAL_TIME) < 0)
        return;
    text.p += JOURNAL_TIME + 1;
    text.len -= JOURNAL_TIME + 1;
    if (filter && !memmem(line.p, line.len, filter, strlen(filter)))
        return;
    reading->line(reading->arg, reading->query->has_no_times || is_mark(text) ? text : line);
    reading->count++;
}

/* Whole lines of one day from the place on. */
static bool
read_day(struct reading *reading, struct journal_place *place, char *part, struct err *err)
{
    char path[MAX_PATH];
    ssize_t len;
    int fd;

    if (!journal_path(reading->query->function, place->day, path, sizeof path))
        return true;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || err_set_errno(err, "the log of %s cannot be read", reading->query->function);
    while (reading->count < reading->query->max_lines && (len = pread(fd, part, PART, place->offset)) > 0) {
        const char *at = part, *end = part + len, *stop;

        while (reading->count < reading->query->max_lines && (stop = memchr(at, '\n', (size_t)(end - at)))) {
            take(reading, (struct str){ at, (size_t)(stop - at) });
            at = stop + 1;
        }
        if (at == part) {
            if (len < PART)
                break; /* half a line: the rest is on its way */
            at = end;  /* a line that is longer than any we write */
        }
        place->offset += at - part;
    }
    close(fd);
    return true;
}

bool
journal_read(struct journal_query *query, void (*line)(void *arg, struct str text), void *arg, struct err *err)
{
    struct reading reading = { .query = query, .line = line, .arg = arg };
    int64_t now = clock_wall_ms(), first = query->since_ms;
    char today[DAY_LEN + 1], *part = mem_alloc(PART);
    bool is_ok = true;

    if (first < now - (int64_t)MAX_DAYS * DAY_MS)
        first = now - (int64_t)MAX_DAYS * DAY_MS;
    journal_time_text(first, reading.since);
    day_of(now, today);
    if (!query->place.day[0])
        day_of(first, query->place.day);
    for (size_t i = 0; is_ok && i < MAX_DAYS && reading.count < query->max_lines; i++) {
        int64_t next;

        is_ok = read_day(&reading, &query->place, part, err);
        if (strcmp(query->place.day, today) >= 0 || reading.count >= query->max_lines)
            break;
        next = journal_day_ms(query->place.day) + DAY_MS;
        day_of(next, query->place.day);
        query->place.offset = 0;
    }
    free(part);
    return is_ok;
}
