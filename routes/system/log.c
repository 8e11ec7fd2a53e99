/* SPDX-License-Identifier: MIT */
/*
 * Reads log files: a list of those below /var/log, the end of one with the newest line first, filtered and coloured.
 * The SDK in it: one page that shows different things depending on a parameter, cells that link to a route, an instant
 * (IL_T), memory that lives as long as a page, and two routes in one file (IL_MODULE) because they share code.
 */
#define _GNU_SOURCE
#include <interlude.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "units.h"

enum { TAIL_MAX_BYTES = 4 << 20, FILES_MAX = 1000 };

/* ---- the list of files */

static bool is_log(const FTSENT *entry)
{
    static const char *const packed[] = { ".gz", ".xz", ".zst", ".bz2", ".journal" };

    if (entry->fts_info != FTS_F || access(entry->fts_path, R_OK) != 0)
        return false;
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++)
        if (entry->fts_namelen > strlen(packed[i]) &&
            strcmp(entry->fts_name + entry->fts_namelen - strlen(packed[i]), packed[i]) == 0)
            return false;
    return true;
}

static int newest_first(const FTSENT **a, const FTSENT **b)
{
    time_t x = (*a)->fts_statp->st_mtime, y = (*b)->fts_statp->st_mtime;

    return (x < y) - (x > y);
}

static il_status list_files(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    char *const roots[] = { (char[]){ "/var/log" }, NULL };
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, newest_first);
    FTSENT *entry;
    int n = 0;

    (void)query;
    (void)user;
    if (!walk)
        return il_fail(ctx, "/var/log: %s", strerror(errno));
    while ((entry = fts_read(walk)) != NULL && n < FILES_MAX) {
        if (!is_log(entry))
            continue;
        n++;
        il_row(rows, entry->fts_path,
               IL_RICH(.label = IL_S(entry->fts_path), .route = "system/log",
                       .params = IL_PARAMS({ "file", IL_S(entry->fts_path) })),
               IL_RICH(.label = IL_S(units_bytes((uint64_t)entry->fts_statp->st_size).text),
                       .value = IL_I(entry->fts_statp->st_size)),
               IL_T((int64_t)entry->fts_statp->st_mtime * 1000));
    }
    fts_close(walk);
    return IL_OK;
}

/* ---- one file */

static il_color color_of(const char *line)
{
    static const struct {
        const char *word;
        il_color color;
    } levels[] = { { "fatal", IL_RED }, { "crit", IL_RED },    { "panic", IL_RED },  { "error", IL_RED },
                   { "fail", IL_RED },  { "warn", IL_YELLOW }, { "debug", IL_GRAY }, { "trace", IL_GRAY } };

    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (strcasestr(line, levels[i].word))
            return levels[i].color;
    return IL_NO_COLOR;
}

/* The last bytes of a file, from malloc, with NUL behind; begins at the beginning of a line. NULL: errno says why. */
static char *read_tail(const char *path, size_t max)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    char *text = NULL;
    ssize_t len = -1;

    if (fd >= 0 && fstat(fd, &st) == 0 && (text = malloc(max + 1)) != NULL) {
        off_t from = st.st_size > (off_t)max ? st.st_size - (off_t)max : 0;

        len = pread(fd, text, max, from);
        text[len > 0 ? len : 0] = '\0';
        for (ssize_t i = 0; i < len; i++)
            if (text[i] == '\0')
                text[i] = ' ';
        char *line = from > 0 ? strchr(text, '\n') : NULL; /* the first one is cut */
        if (line)
            memmove(text, line + 1, strlen(line + 1) + 1);
    }
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (len >= 0)
        return text;
    free(text);
    errno = error;
    return NULL;
}

/* Takes the last line off. NULL: there is none. */
static char *pop_line(char *text, size_t *len)
{
    if (*len > 0 && text[*len - 1] == '\n')
        (*len)--;
    else if (*len == 0)
        return NULL;
    text[*len] = '\0';
    while (*len > 0 && text[*len - 1] != '\n')
        (*len)--;
    return text + *len;
}

/* Asynchronous: the file is read again at each question, so Refresh and the filter see what was written meanwhile. */
static il_status find_lines(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    const char *path = user;
    char *text = read_tail(path, TAIL_MAX_BYTES), *line;
    size_t n = 0;

    if (!text)
        return il_fail(ctx, "%s: %s", path, strerror(errno));
    for (size_t len = strlen(text); (line = pop_line(text, &len)) != NULL;) {
        if (*line == '\0' || (query->term && !strcasestr(line, query->term)))
            continue;
        if (n >= query->offset && n < query->offset + query->page_size)
            il_row(rows, NULL, IL_RICH(.label = IL_S(line), .highlight = color_of(line)));
        n++;
    }
    il_total(rows, n);
    free(text);
    return IL_OK;
}

static il_status log_page(il_ctx *ctx, il_page *page)
{
    /* lives until the page is closed, which is as long as the table may ask */
    char *file = (char *)il_param_str(ctx, "file");

    if (!file) {
        il_page_head(page, "Log files", "Below `/var/log`, as far as this user may read them.",
                     IL_MENU({ .label = "Open another file", .route = "system/log/open" }));
        il_page_add(page, IL_TABLE("", .rows = list_files, IL_COLUMNS({ "File" }, { "Size" }, { "Written" })));
        return IL_OK;
    }
    il_page_head(page, file, "The last 4 MiB, newest line first.",
                 IL_MENU({ .label = "All files", .route = "system/log" },
                         { .label = "Refresh", .route = "system/log", .params = IL_PARAMS({ "file", IL_S(file) }) }));
    il_page_add(page, IL_TABLE("", .rows = find_lines, .async = true, .user = file, .page_size = 50,
                               IL_COLUMNS({ "Line", .plain = true })));
    return IL_OK;
}

/* ---- any other file */

static const char *is_readable(il_ctx *ctx, const void *out, void *user)
{
    char *text = read_tail(*(const char *const *)out, 1);

    (void)user;
    if (!text)
        return il_fmt(ctx, "%s", strerror(errno));
    free(text);
    return NULL;
}

static il_status open_file(il_ctx *ctx)
{
    const char *path;

    IL_TRY(il_ask(ctx, IL_TEXT(&path, "Path", .placeholder = "/var/log/syslog", .validate = is_readable)));
    return il_redirect(ctx, .route = "system/log", .params = IL_PARAMS({ "file", IL_S(path) }));
}

/*
 * Slugs are relative to the folder of the file. Whoever may read logs sees much: a real one would be for IL_TEAMS(…).
 */
static const il_route routes[] = {
    IL_ROUTE_PAGE("log", log_page, .name = "Logs", .description = "The end of a log file, filtered and coloured"),
    IL_ROUTE_ACTION("log/open", open_file, .name = "Open a log file", .unlisted = true),
};
IL_MODULE(routes);
