/* SPDX-License-Identifier: MIT */
/* Fetching what was uploaded, one file after the other (uplink_files.h). */
#include "rpc/uplink_files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/reach.h"
#include "json/write.h"
#include "rpc/uplink_fetch.h"

enum { MAX_FILES = 1000 }; /* as a handler takes */

struct wanted {
    const char *url, *name;
    const char *path; /* where it goes */
};

struct uplink_files {
    struct uplink_run *run;
    struct uuid group;
    struct str response;
    struct wanted *wanted;
    size_t count, next;
    struct uplink_fetch *fetch;
    int fd;
    struct arena arena;
};

/* ---- places */

static const char *
folder_of(struct arena *arena, const struct uplink_run *run)
{
    return arena_printf(arena, "%s/%s", uplink.spec.files_dir, uuid_format(run->run.id).s);
}

void
uplink_files_put_place(struct buf *inputs, const struct uplink_run *run)
{
    const char *folder = uplink.spec.files_dir && !run->run.is_page ? folder_of(&uplink.arena, run) : NULL;
    struct json_out json;

    json_out_init(&json, inputs);
    if (folder)
        json_put_str(&json, str_of(folder));
    else
        json_put_null(&json);
}

static bool
make_folder(const char *path, struct err *err)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST || err_set_errno(err, "this host cannot make room for it");
}

static int
remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info, (void)kind, (void)at;
    (void)remove(path);
    return 0;
}

void
uplink_remove_files(const char *dir)
{
    enum { DESCRIPTORS = 8 };

    (void)nftw(dir, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}

void
uplink_files_remove(struct uplink_run *run)
{
    struct arena arena;

    if (!run->has_files)
        return;
    arena_init(&arena, 0);
    uplink_remove_files(folder_of(&arena, run));
    arena_fini(&arena);
}

/* ---- what is wanted */

/* What the group asked, as it was sent: {"transactionId","ioCall"}. */
static struct str
question_of(const struct uplink_run *run, struct uuid group)
{
    if (run->asking && uuid_eq(run->asking->group, group))
        return run->asking->inputs;
    return uuid_eq(run->shown_group, group) ? buf_view(&run->shown) : STR("");
}

static struct json
fields_of(struct uplink_run *run, struct uuid group)
{
    struct json none = { .token = -1 }, inputs, call;
    struct str question = question_of(run, group);
    struct err err;

    if (!question.len || !json_parse(&uplink.arena, question, &inputs, &err) ||
        !json_parse(&uplink.arena, json_str(&uplink.arena, json_get(inputs, "ioCall")), &call, &err))
        return none;
    return json_get(call, "toRender");
}

/* Where authors give addresses of their own, the files are theirs to fetch. */
static bool
is_ours(struct json field)
{
    return json_is(json_get(field, "methodName"), "UPLOAD_FILE") &&
           json_type(json_get(json_get(field, "props"), "fileUrls")) == JSON_MISSING;
}

static void
want(struct uplink_files *files, struct json file, const char *field, size_t number)
{
    struct arena *arena = &files->arena;
    const char *url = json_text(arena, json_get(file, "url")), *name = json_text(arena, json_get(file, "name"));

    if (url && name && files->count < MAX_FILES)
        files->wanted[files->count++] = (struct wanted){ url, name, arena_printf(arena, "%s-%zu", field, number) };
}

/* The runtime knows files by the same names (runtime/ask.c). */
static void
want_all(struct uplink_files *files, struct json fields, struct json values)
{
    struct uuid_text group = uuid_format(files->group);
    const char *folder = folder_of(&files->arena, files->run);
    size_t index = 0;

    files->wanted = arena_alloc(&files->arena, MAX_FILES * sizeof *files->wanted);
    for (struct json field = json_first(fields), value = json_first(values); json_type(field) && json_type(value);
         field = json_next(field), value = json_next(value), index++) {
        const char *place = arena_printf(&files->arena, "%s/%s/UPLOAD_FILE-%zu-%s", folder, group.s, index, group.s);
        size_t number = 0;

        if (!is_ours(field))
            continue;
        if (json_type(value) == JSON_OBJECT) {
            want(files, value, place, 0);
            continue;
        }
        for (struct json file = json_at(value, 0); json_type(file); file = json_next(file))
            want(files, file, place, number++);
    }
}

/* ---- one file */

/*
 * The server's own address is where we reach it, whatever it calls itself to browsers. Others are written by whoever
 * answers, and must not lead to what only this computer can reach.
 */
static bool
find_address(const char *url, struct uplink_address *address, bool *is_trusted, struct err *err)
{
    const struct uplink_address *server = &uplink.spec.address;
    const char *allowed = uplink.spec.files_allow ? uplink.spec.files_allow : "";

    *is_trusted = true;
    if (!uplink_address_parse_url(url, address, err))
        return false;
    if (uplink_address_is_same(address, server) || uplink_address_is_same(address, &uplink.public_address)) {
        address->is_tls = server->is_tls;
        memcpy(address->host, server->host, sizeof address->host);
        memcpy(address->port, server->port, sizeof address->port);
        return true;
    }
    *is_trusted = reach_is_listed(url, allowed);
    return *is_trusted || !*allowed || err_set(err, "files are not fetched from there (UPLOAD_ALLOW): %.100s", url);
}

static const char *
path_with(struct uplink_files *files, const char *path, const char *end)
{
    return arena_printf(&files->arena, "%s%s", path, end);
}

/* For the handler, which tells the person; and for whoever runs this host. */
static void
keep_reason(struct uplink_files *files, const struct wanted *wanted, const struct err *err)
{
    int fd = open(path_with(files, wanted->path, ".error"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    log_warn("uplink", "%s: the uploaded file \"%.100s\" was not fetched: %s", files->run->slug, wanted->name,
             err->text);
    if (fd >= 0) {
        (void)!write(fd, err->text, strlen(err->text));
        close(fd);
    }
}

static bool
make_room(struct uplink_files *files, const struct wanted *wanted, struct err *err)
{
    const char *folder = folder_of(&files->arena, files->run);
    struct stat info;

    files->run->has_files = true;
    if (!make_folder(uplink.spec.files_dir, err) || !make_folder(folder, err) ||
        !make_folder(arena_printf(&files->arena, "%s/%s", folder, uuid_format(files->group).s), err))
        return false;
    if (stat(wanted->path, &info) == 0) /* of an answer that was not good enough */
        files->run->files_bytes -= info.st_size;
    unlink(wanted->path);
    unlink(path_with(files, wanted->path, ".error"));
    files->fd = open(path_with(files, wanted->path, ".part"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return files->fd >= 0 || err_set_errno(err, "this host cannot make room for it");
}

static void fetch_next(struct uplink_files *files);

static void
on_done(void *arg, int64_t bytes, const struct err *err)
{
    struct uplink_files *files = arg;
    const struct wanted *wanted = &files->wanted[files->next++];
    const char *part = path_with(files, wanted->path, ".part");

    struct err failure;

    files->fetch = NULL;
    close(files->fd);
    files->fd = -1;
    if (!err && rename(part, wanted->path) != 0) {
        err_set_errno(&failure, "this host cannot keep it");
        err = &failure;
    }
    if (err) {
        unlink(part);
        keep_reason(files, wanted, err);
    } else {
        files->run->files_bytes += bytes;
    }
    fetch_next(files);
}

static bool
start_fetch(struct uplink_files *files, const struct wanted *wanted, struct err *err)
{
    struct uplink_address address;
    bool is_trusted;

    if (!make_room(files, wanted, err))
        return false;
    if (!find_address(wanted->url, &address, &is_trusted, err)) {
        close(files->fd);
        files->fd = -1;
        unlink(path_with(files, wanted->path, ".part"));
        return false;
    }
    files->fetch = uplink_fetch_start(&(struct uplink_fetch_spec){
        .address = &address,
        .is_trusted = is_trusted,
        .fd = files->fd,
        .max_bytes = uplink.spec.files_max_bytes - files->run->files_bytes,
        .patience_ms = uplink.spec.options.connect_timeout_ms,
        .done = on_done,
        .arg = files,
    });
    return true;
}

/* ---- an answer */

static void
files_free(struct uplink_files *files)
{
    if (files->fetch)
        uplink_fetch_cancel(files->fetch);
    if (files->fd >= 0)
        close(files->fd);
    free((char *)(uintptr_t)files->response.p);
    arena_fini(&files->arena);
    free(files);
}

void
uplink_files_stop(struct uplink_run *run)
{
    if (run->files)
        files_free(run->files);
    run->files = NULL;
}

static void
fetch_next(struct uplink_files *files)
{
    struct uplink_run *run = files->run;
    struct err err;

    while (files->next < files->count) {
        const struct wanted *wanted = &files->wanted[files->next];

        if (start_fetch(files, wanted, &err))
            return;
        keep_reason(files, wanted, &err);
        files->next++;
    }
    run->files = NULL;
    if (run->run.host)
        run->run.host->ops->io_response(&run->run, files->group, files->response);
    files_free(files);
}

bool
uplink_files_are_awaited(const struct uplink_run *run, struct uuid group)
{
    return run->files && uuid_eq(run->files->group, group);
}

bool
uplink_files_take(struct uplink_run *run, struct uuid group, struct json root, struct str response)
{
    struct uplink_files *files;

    uplink_files_stop(run); /* of another step: nobody waits for it any more */
    if (!uplink.spec.files_dir || run->run.is_page || !memmem(response.p, response.len, "\"url\"", 5))
        return false;
    files = mem_alloc(sizeof *files);
    *files = (struct uplink_files){ .run = run, .group = group, .fd = -1 };
    arena_init(&files->arena, 0);
    want_all(files, fields_of(run, group), json_get(root, "values"));
    if (!files->count) {
        files_free(files);
        return false;
    }
    files->response = (struct str){ mem_strndup(response.p, response.len), response.len };
    run->files = files;
    fetch_next(files);
    return true;
}
