/* SPDX-License-Identifier: MIT */
/*
 * Finds the largest folders below a path.
 * The SDK in it: .validate on a text, a progress bar with a changing description, a look at il_canceled in a long loop,
 * clean-up with il_defer whatever happens, a table in the answer, .backgroundable for work that outlives a visit.
 */
#include <interlude.h>
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "units.h"

enum { TOP = 100 };

struct folder {
    char *path;
    uint64_t bytes;
    uint64_t files;
};

struct scan {
    il_ctx *ctx;
    struct folder top[TOP]; /* largest first */
    size_t n;
    uint64_t files, unreadable;
};

static const char *is_folder(il_ctx *ctx, const void *out, void *user)
{
    const char *path = *(const char *const *)out;
    struct stat st;

    (void)user;
    if (path[0] != '/')
        return "An absolute path, please: one that begins with /.";
    if (stat(path, &st) != 0)
        return il_fmt(ctx, "%s", strerror(errno));
    return S_ISDIR(st.st_mode) ? NULL : "This is a file, not a folder.";
}

/* Keeps the list sorted; most folders are smaller than all in it and end at the first comparison. */
static void keep_if_large(struct scan *scan, const FTSENT *entry, uint64_t bytes)
{
    struct folder found = { .bytes = bytes };
    size_t at = scan->n;

    if (scan->n == TOP && scan->top[TOP - 1].bytes >= bytes)
        return;
    found.path = il_fmt(scan->ctx, "%s", entry->fts_path);
    if (scan->n < TOP)
        scan->n++;
    else
        at = TOP - 1;
    for (; at > 0 && scan->top[at - 1].bytes < bytes; at--)
        scan->top[at] = scan->top[at - 1];
    scan->top[at] = found;
}

static void visit(struct scan *scan, FTSENT *entry)
{
    switch (entry->fts_info) {
    case FTS_DP: /* a folder whose contents have all been seen: hand its size up */
        entry->fts_number += entry->fts_statp->st_blocks * 512;
        keep_if_large(scan, entry, (uint64_t)entry->fts_number);
        entry->fts_parent->fts_number += entry->fts_number;
        if (entry->fts_level == 1)
            il_loading_step(scan->ctx);
        break;
    case FTS_D:
        if (entry->fts_level <= 2)
            il_loading_update(scan->ctx, NULL, .description = entry->fts_path);
        break;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        scan->unreadable++;
        break;
    default:
        entry->fts_parent->fts_number += entry->fts_statp->st_blocks * 512;
        scan->files++;
    }
}

static uint32_t count_folders(const char *path)
{
    struct stat st;

    /* the links of a folder: itself, its entry, and one ".." per folder in it (file systems without that say 1) */
    return stat(path, &st) == 0 && st.st_nlink > 2 ? (uint32_t)st.st_nlink - 2 : 0;
}

static void close_walk(void *walk)
{
    fts_close(walk);
}

static il_status list_top(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    const struct scan *scan = user;

    (void)ctx;
    (void)query;
    for (size_t i = 0; i < scan->n; i++)
        il_row(rows, NULL, IL_S(scan->top[i].path),
               IL_RICH(.label = IL_S(units_bytes(scan->top[i].bytes).text), .value = IL_N((double)scan->top[i].bytes)));
    return IL_OK;
}

static il_status largest(il_ctx *ctx)
{
    struct scan *scan = il_new(ctx, struct scan);
    const char *path = il_param_str(ctx, "path");
    FTSENT *entry;

    if (!scan)
        return IL_NO_MEMORY;
    scan->ctx = ctx;
    IL_TRY(il_ask(ctx, IL_TEXT(&path, "Folder", .value = path ? path : "/var", .validate = is_folder,
                               .help_text = "Other file systems mounted below it are left out.")));

    il_loading_start(ctx, "Adding up", .description = path, .items = count_folders(path));
    char *roots[] = { (char *)path, NULL };
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
    if (!walk)
        return il_fail(ctx, "%s: %s", path, strerror(errno));
    IL_TRY(il_defer(ctx, close_walk, walk));
    while ((entry = fts_read(walk)) != NULL) {
        visit(scan, entry);
        if (il_canceled(ctx))
            return IL_CANCELED;
    }
    if (errno)
        return il_fail(ctx, "%s: %s", path, strerror(errno));

    IL_TRY(il_show(ctx, IL_TABLE("Largest folders", .rows = list_top, .user = scan,
                                 IL_COLUMNS({ "Folder", .plain = true }, { "Size" }))));
    return il_return(ctx, { "size", IL_S(units_bytes(scan->n ? scan->top[0].bytes : 0).text) },
                     { "files", IL_I((int64_t)scan->files) }, { "not readable", IL_I((int64_t)scan->unreadable) });
}
IL_ACTION(largest, .name = "Large folders", .description = "What fills a disk", .backgroundable = true);
