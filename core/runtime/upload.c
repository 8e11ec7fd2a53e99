/* SPDX-License-Identifier: MIT */
/* Uploaded files: where they go, and reading them (upload.h). */
#include "runtime/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/copy.h"
#include "runtime/io.h"

enum { MAX_URLS = 1 << 20 };

bool
upload_new(struct arena *arena, const il_item *item, struct upload **out)
{
    const il_file_in *own = (const void *)item;

    *out = own->presign ? arena_alloc(arena, sizeof **out) : NULL;
    if (*out)
        **out = (struct upload){ .arena = arena, .item = own };
    return *out || !own->presign;
}

/* The word in place of an address says to the browser that there is none (io-methods.md 12). */
static void
put_urls(struct json_out *out, const il_file_urls *urls)
{
    json_object(out);
    json_pair_text(out, "uploadUrl", urls->upload && urls->download ? urls->upload : "error");
    json_pair_text(out, "downloadUrl", urls->upload && urls->download ? urls->download : "error");
    json_object_end(out);
}

static void
presign(struct upload *upload, struct run_io *io, struct json file, struct arena *scratch, struct json_out *out)
{
    const char *name = json_text(scratch, json_get(file, "name")), *type = json_text(scratch, json_get(file, "type"));
    struct io_callback before = io_enter_callback(io, scratch);
    il_file_urls urls = { 0 };
    il_status status;

    status = upload->item->presign(run_ctx(io->run), name ? name : "", type ? type : "", &urls, upload->item->user);
    io_leave_callback(io, before);
    if (status != IL_OK) {
        io_warn(io, "no address for a file: %s", io_failure(io));
        urls = (il_file_urls){ 0 };
    }
    put_urls(out, &urls);
}

il_status
upload_set_state(struct upload *upload, struct run_io *io, struct json state)
{
    struct arena scratch;
    struct json_out out;
    struct buf text;
    bool is_kept = false;

    arena_init(&scratch, RUN_ARENA_MAX);
    buf_init(&text, MAX_URLS);
    json_out_init(&out, &text);
    json_array(&out);
    for (struct json file = json_first(json_get(state, "files")); json_type(file); file = json_next(file))
        presign(upload, io, file, &scratch, &out);
    json_array_end(&out);
    if (!text.over && (upload->urls.p = arena_strndup(upload->arena, text.p, text.len))) {
        upload->urls.len = text.len;
        is_kept = true;
    }
    buf_fini(&text);
    arena_fini(&scratch);
    return is_kept ? IL_OK : io_refuse(io, IL_NO_MEMORY, "%s", copy_no_memory);
}

void
upload_put_props(const struct upload *upload, struct rich *rich)
{
    json_name(&rich->out, "fileUrls");
    if (upload->urls.len)
        json_put_raw(&rich->out, upload->urls);
    else
        json_put_null(&rich->out);
}

/* ---- reading */

/*
 * The server says where it keeps the files of this transaction; without one that does (*is_kept), they can only be
 * fetched.
 */
static int
open_kept(struct run_io *io, const il_file *file, bool *is_kept)
{
    struct arena scratch;
    const char *dir;
    char *path = NULL;
    int fd = -1;

    arena_init(&scratch, 0);
    dir = json_text(&scratch, json_get(io_inputs(io), "uploads"));
    *is_kept = dir != NULL;
    if (dir)
        path = arena_printf(&scratch, "%s/%s", dir, file->key);
    if (path)
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    arena_fini(&scratch);
    return fd;
}

const il_file *
upload_measure(struct run_io *io, il_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_kept = false, is_there;
        int fd = files[i].key ? open_kept(io, &files[i], &is_kept) : -1;
        struct stat info;

        if (!is_kept)
            return NULL;
        is_there = fd >= 0 && fstat(fd, &info) == 0;
        if (fd >= 0)
            close(fd);
        if (!is_there)
            return &files[i];
        files[i].size = (uint64_t)info.st_size;
    }
    return NULL;
}

const char *
upload_reason(struct run_io *io, const il_file *file, char *text, size_t size)
{
    struct arena scratch;
    const char *dir, *path;
    ssize_t len = -1;
    int fd = -1;

    arena_init(&scratch, 0);
    dir = json_text(&scratch, json_get(io_inputs(io), "uploads"));
    path = dir ? arena_printf(&scratch, "%s/%s.error", dir, file->key) : NULL;
    if (path)
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0) {
        len = read(fd, text, size - 1);
        close(fd);
    }
    arena_fini(&scratch);
    if (len <= 0)
        return "it has not arrived";
    text[len] = '\0';
    return text;
}

int
file_open(il_ctx *ctx, const il_file *file)
{
    struct run_io *io = io_of_ctx(ctx);
    bool is_kept;
    int fd;

    if (!file || !file->key || !file->name) {
        io_refuse(io, IL_FAILED, "the file is not kept by the server; fetch its .url");
        return -1;
    }
    fd = open_kept(io, file, &is_kept);
    if (!is_kept)
        io_refuse(io, IL_FAILED, "\"%.200s\" is kept by another computer; fetch its .url", file->name);
    else if (fd < 0)
        io_refuse(io, IL_FAILED, "cannot read the uploaded file \"%.200s\": %s", file->name, strerror(errno));
    return fd;
}

static bool
read_all(int fd, char *bytes, size_t len)
{
    while (len) {
        ssize_t n = read(fd, bytes, len);

        if (n == 0)
            errno = EIO; /* it has become shorter */
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    return true;
}

il_status
file_read(il_ctx *ctx, const il_file *file, il_str *bytes)
{
    struct run_io *io = io_of_ctx(ctx);
    int fd = file_open(ctx, file);
    struct stat info;
    il_status status = IL_OK;
    char *own = NULL;

    *bytes = (il_str){ NULL, 0 };
    if (fd < 0)
        return IL_FAILED;
    if (fstat(fd, &info) == 0 && (uint64_t)info.st_size < io_memory_left(io))
        own = arena_alloc(&io->run->arena, (size_t)info.st_size + 1);
    if (!own)
        status = io_refuse(io, IL_NO_MEMORY, "\"%.200s\" does not fit into the memory of a run; use il_file_open",
                           file->name);
    else if (!read_all(fd, own, (size_t)info.st_size))
        status = io_refuse(io, IL_FAILED, "cannot read the uploaded file \"%.200s\": %s", file->name, strerror(errno));
    else
        *bytes = (il_str){ own, (size_t)info.st_size };
    close(fd);
    return status;
}
