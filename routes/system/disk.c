/* SPDX-License-Identifier: MIT */
/*
 * How full the disks are: every mounted file system that has blocks, from /proc/self/mounts and statvfs(3).
 * The SDK in it: a page with a synchronous table (the host sorts and filters it), cells that show one thing and sort by
 * another.
 */
#include <interlude.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "units.h"

enum { MOUNTS_MAX = 256 };

static void add_row(il_rows *rows, const struct mntent *mount, const struct statvfs *fs)
{
    uint64_t size = (uint64_t)fs->f_blocks * fs->f_frsize;
    uint64_t avail = (uint64_t)fs->f_bavail * fs->f_frsize; /* what users other than root may still take */
    uint64_t used = (uint64_t)(fs->f_blocks - fs->f_bfree) * fs->f_frsize;
    double percent = used + avail ? (double)used * 100 / (double)(used + avail) : 0;
    il_color color = percent >= 90 ? IL_RED : percent >= 75 ? IL_YELLOW : IL_NO_COLOR;
    char percent_text[16];

    snprintf(percent_text, sizeof percent_text, "%.0f %%", percent);
    /* label is drawn, value is what a click on the column sorts by */
    il_row_menu(rows, mount->mnt_dir,
                IL_MENU({ .label = "Largest folders",
                          .route = "system/largest",
                          .params = IL_PARAMS({ "path", IL_S(mount->mnt_dir) }) }),
                IL_S(mount->mnt_dir), IL_S(mount->mnt_fsname), IL_S(mount->mnt_type),
                IL_RICH(.label = IL_S(units_bytes(size).text), .value = IL_N((double)size)),
                IL_RICH(.label = IL_S(units_bytes(used).text), .value = IL_N((double)used)),
                IL_RICH(.label = IL_S(units_bytes(avail).text), .value = IL_N((double)avail)),
                IL_RICH(.label = IL_S(percent_text), .value = IL_N(percent), .highlight = color));
}

/* One row per file system: containers and chroots mount the same one at many places. */
static bool is_known(unsigned long *known, size_t *n, unsigned long id)
{
    for (size_t i = 0; i < *n; i++)
        if (known[i] == id)
            return true;
    if (*n < MOUNTS_MAX)
        known[(*n)++] = id;
    return false;
}

static il_status list_mounts(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    unsigned long known[MOUNTS_MAX];
    size_t n = 0;
    struct mntent mount;
    char text[4096];
    struct statvfs fs;

    (void)query;
    (void)user;
    if (!mounts)
        return il_fail(ctx, "/proc/self/mounts cannot be read.");
    while (getmntent_r(mounts, &mount, text, sizeof text))
        if (statvfs(mount.mnt_dir, &fs) == 0 && fs.f_blocks > 0 && !is_known(known, &n, fs.f_fsid))
            add_row(rows, &mount, &fs);
    endmntent(mounts);
    return IL_OK;
}

static il_status disks(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    il_page_head(page, "Disks", NULL, IL_MENU({ .label = "Find large folders", .route = "system/largest" }));
    il_page_add(page, IL_TABLE("", .rows = list_mounts,
                               IL_COLUMNS({ "Mounted at" }, { "Device" }, { "Type" }, { "Size" }, { "Used" },
                                          { "Available" }, { "Full" })));
    return IL_OK;
}
IL_PAGE(disks, .name = "Disks", .description = "How full the file systems are");
