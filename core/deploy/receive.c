/* SPDX-License-Identifier: MIT */
/* Artefacts on their way in (receive.h). */
#include "deploy/receive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "deploy/package_internal.h"
#include "deploy/versions_internal.h"
#include "host/disk.h"

static bool
is_sha256(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static const char *
path_of(const struct receive_piece *piece, struct arena *arena)
{
    struct uuid_text unique = uuid_format(uuid_v4());

    return arena_printf(arena, "%s/.incoming/%s", piece->root, piece->sha256 ? piece->sha256 : unique.s);
}

/* A piece may come again, as long as nothing is left out before it. */
static bool
put_piece(const struct receive_piece *piece, const char *path, struct err *err)
{
    struct stat st;
    bool is_done;
    int fd;

    if (!disk_make_parents(path, err))
        return false;
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || fstat(fd, &st) != 0) {
        err_set_errno(err, "cannot write %s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    if (st.st_size < piece->offset)
        is_done = err_set(err, "the piece at %lld comes too early: %lld bytes are here", (long long)piece->offset,
                          (long long)st.st_size);
    else
        is_done = (lseek(fd, piece->offset, SEEK_SET) == piece->offset && versions_write_all(fd, piece->bytes)) ||
                  err_set_errno(err, "cannot write %s", path);
    close(fd);
    return is_done;
}

/* Was it what its sender has signed? */
static bool
is_as_said(const struct receive_piece *piece, const char *path, struct err *err)
{
    struct arena arena;
    struct str bytes;
    char sha256[65];
    bool is_good;

    if (!piece->sha256)
        return true;
    arena_init(&arena, 0);
    is_good = disk_read(&arena, path, PACKAGE_MAX_BYTES, &bytes, err);
    if (is_good) {
        package_sha256(bytes, sha256);
        is_good = strcmp(sha256, piece->sha256) == 0 ||
                  err_set(err, "the pieces are not the artefact that was signed; send it again");
    }
    arena_fini(&arena);
    return is_good;
}

enum received
receive(const struct receive_piece *piece, struct arena *arena, const char **path, int64_t *next, struct err *err)
{
    *next = piece->offset + (int64_t)piece->bytes.len;
    if (piece->size > PACKAGE_MAX_BYTES) {
        err_set(err, "the artefact has %lld bytes; at most %d are taken", (long long)piece->size, PACKAGE_MAX_BYTES);
        return RECEIVE_TOO_LARGE;
    }
    if (piece->offset < 0 || !piece->bytes.len || *next > piece->size ||
        (piece->sha256 ? !is_sha256(piece->sha256) : (int64_t)piece->bytes.len != piece->size)) {
        err_set(err, "offset, size and sha256 do not describe a piece of an artefact");
        return RECEIVE_REFUSED;
    }
    *path = path_of(piece, arena);
    if (!put_piece(piece, *path, err))
        return RECEIVE_REFUSED;
    if (*next < piece->size)
        return RECEIVE_PART;
    if (is_as_said(piece, *path, err))
        return RECEIVE_ALL;
    unlink(*path);
    return RECEIVE_REFUSED;
}

void
receive_sweep(const char *root)
{
    struct arena arena;

    arena_init(&arena, 0);
    versions_delete_tree(arena_printf(&arena, "%s/.incoming", root));
    arena_fini(&arena);
}
