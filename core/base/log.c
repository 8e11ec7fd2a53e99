/* SPDX-License-Identifier: MIT */
/* The server's own log (log.h). */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

static enum log_level max_level = LOG_LEVEL_INFO;
static bool for_people, with_colour;

void
log_init(enum log_level level)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");

    max_level = level;
    for_people = isatty(STDERR_FILENO);
    with_colour = for_people && (!no_colour || !*no_colour) && term && strcmp(term, "dumb") != 0;
}

/* Control characters come from outside (slugs, paths, module output) and must not forge lines or colours. */
static void
neutralise(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
}

static void
quote_into(char *out, size_t size, const char *text)
{
    size_t at = 0;

    for (; *text && at + 2 < size; text++) {
        if (*text == '"' || *text == '\\')
            out[at++] = '\\';
        out[at++] = *text;
    }
    out[at] = '\0';
}

void
log_line(enum log_level level, const char *area, const char *fmt, ...)
{
    static const char *const names[] = { "error", "warn", "info", "debug" };
    static const char *const colours[] = { "\033[31m", "\033[33m", "", "\033[2m" };
    static const int priorities[] = { 3, 4, 6, 7 }; /* syslog(3) */
    char text[2048], quoted[2 * sizeof text], line[sizeof quoted + 128];
    int64_t now = clock_wall_ms();
    time_t seconds = (time_t)(now / 1000);
    struct tm tm;
    va_list args;
    int len;

    if (level > max_level)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    neutralise(text);
    if (for_people) {
        localtime_r(&seconds, &tm);
        len = snprintf(line, sizeof line, "%s%02d:%02d:%02d %-8s %s%s\n", with_colour ? colours[level] : "", tm.tm_hour,
                       tm.tm_min, tm.tm_sec, area, text, with_colour ? "\033[0m" : "");
    } else {
        gmtime_r(&seconds, &tm);
        quote_into(quoted, sizeof quoted, text);
        len = snprintf(line, sizeof line, "<%d>ts=%04d-%02d-%02dT%02d:%02d:%02d.%03dZ level=%s area=%s msg=\"%s\"\n",
                       priorities[level], tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                       tm.tm_sec, (int)(now % 1000), names[level], area, quoted);
    }
    if (len > (int)sizeof line - 1)
        len = (int)sizeof line - 1;
    if (write(STDERR_FILENO, line, (size_t)len) < 0)
        return; /* nowhere left to say it */
}
