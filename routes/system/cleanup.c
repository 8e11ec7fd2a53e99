/* SPDX-License-Identifier: MIT */
/*
 * Deletes old files of a folder, after asking three times.
 * The SDK in it: a slider, a selection of rows, who is there (IL_CONFIRM_IDENTITY), a confirmation that looks dangerous
 * (IL_CONFIRM), a list of what is done and what is not (IL_PROGRESS_LIST), a notification (il_notify).
 */
#include <interlude.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "units.h"

struct job {
    const char *folder;
    double days;
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

/* Only plain files, and not those in folders below. */
static bool is_old(const struct stat *st, double days)
{
    return S_ISREG(st->st_mode) && difftime(time(NULL), st->st_mtime) >= days * 86400;
}

static il_status list_old(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    const struct job *job = user;
    DIR *dir = opendir(job->folder);
    struct dirent *entry;
    struct stat st;

    (void)query;
    if (!dir)
        return il_fail(ctx, "%s: %s", job->folder, strerror(errno));
    while ((entry = readdir(dir)))
        if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_old(&st, job->days))
            il_row(rows, entry->d_name, IL_S(entry->d_name),
                   IL_RICH(.label = IL_S(units_bytes((uint64_t)st.st_size).text), .value = IL_I(st.st_size)),
                   IL_T((int64_t)st.st_mtime * 1000));
    closedir(dir);
    return IL_OK;
}

static size_t delete_files(il_ctx *ctx, const struct job *job, const il_keys *files)
{
    int dir = open(job->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    size_t deleted = 0;

    il_loading_start(ctx, "Deleting", .items = (uint32_t)files->n);
    for (size_t i = 0; i < files->n && !il_canceled(ctx); i++) {
        if (unlinkat(dir, files->v[i], 0) == 0)
            deleted++;
        else
            il_log(ctx, "%s: %s", files->v[i], strerror(errno));
        il_loading_step(ctx);
    }
    if (dir >= 0)
        close(dir);
    return deleted;
}

static il_status cleanup(il_ctx *ctx)
{
    struct job job;
    il_keys files;
    bool is_known, is_sure;

    IL_TRY(il_ask(ctx, IL_HEADING("Delete old files"),
                  IL_TEXT(&job.folder, "Folder", .validate = is_folder, .value = il_param_str(ctx, "folder")),
                  IL_SLIDER(&job.days, "Older than how many days?", .min = 1, .max = 365, .value = IL_SET(30))));
    IL_TRY(il_ask(ctx, IL_SELECT_TABLE(&files, "Files to delete", .rows = list_old, .user = &job, .min_selections = 1,
                                       IL_COLUMNS({ "Name", "name", .plain = true }, { "Size", "size" },
                                                  { "Changed", "changed" }))));
    IL_TRY(il_ask(ctx, IL_CONFIRM_IDENTITY(&is_known, "Files that are deleted are gone.", .grace_ms = IL_SET(0))));
    if (!is_known)
        return il_return_str(ctx, "Nothing was deleted.");
    IL_TRY(il_ask(ctx, IL_CONFIRM(&is_sure, il_fmt(ctx, "Delete %zu files of %s?", files.n, job.folder),
                                  .theme = IL_DANGER, .help_text = "There is **no way back**.")));
    if (!is_sure)
        return il_return_str(ctx, "Nothing was deleted.");

    size_t deleted = delete_files(ctx, &job, &files);
    const char *result = il_fmt(ctx, "%zu of %zu files", deleted, files.n);
    IL_TRY(
        il_show(ctx, IL_PROGRESS_LIST("What was done", .tasks = IL_TASKS({ "Ask who you are", true },
                                                                         { "Delete", deleted == files.n, result }))));
    IL_TRY(il_notify(ctx, .title = "Old files", .message = il_fmt(ctx, "%s of %s were deleted.", result, job.folder)));
    return il_return(ctx, { "deleted", IL_I((int64_t)deleted) }, { "failed", IL_I((int64_t)(files.n - deleted)) });
}
IL_ACTION(cleanup, .name = "Delete old files", .description = "Asks who you are, and whether you are sure");
