/* SPDX-License-Identifier: MIT */
/* Archives by libarchive (archive.h). */
#include "deploy/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"

enum { BLOCK = 64 << 10 };

/* All of it that is used. */
#define FUNCTIONS(each)                                                                                                \
    each(archive_error_string);                                                                                        \
    each(archive_read_new);                                                                                            \
    each(archive_read_free);                                                                                           \
    each(archive_read_support_filter_gzip);                                                                            \
    each(archive_read_support_format_tar);                                                                             \
    each(archive_read_open_filename);                                                                                  \
    each(archive_read_next_header);                                                                                    \
    each(archive_read_data);                                                                                           \
    each(archive_write_new);                                                                                           \
    each(archive_write_free);                                                                                          \
    each(archive_write_add_filter_gzip);                                                                               \
    each(archive_write_set_filter_option);                                                                             \
    each(archive_write_set_format_pax_restricted);                                                                     \
    each(archive_write_open_filename);                                                                                 \
    each(archive_write_header);                                                                                        \
    each(archive_write_data);                                                                                          \
    each(archive_write_close);                                                                                         \
    each(archive_entry_new);                                                                                           \
    each(archive_entry_free);                                                                                          \
    each(archive_entry_pathname);                                                                                      \
    each(archive_entry_size);                                                                                          \
    each(archive_entry_filetype);                                                                                      \
    each(archive_entry_hardlink);                                                                                      \
    each(archive_entry_symlink);                                                                                       \
    each(archive_entry_perm);                                                                                          \
    each(archive_entry_set_pathname);                                                                                  \
    each(archive_entry_set_size);                                                                                      \
    each(archive_entry_set_filetype);                                                                                  \
    each(archive_entry_set_perm);                                                                                      \
    each(archive_entry_set_mtime);                                                                                     \
    each(archive_entry_set_uid);                                                                                       \
    each(archive_entry_set_gid)

#define POINTER(name) __typeof__(&(name)) name

static struct {
    FUNCTIONS(POINTER);
} library;

static struct err library_err; /* "": it is loaded */
static pthread_once_t library_once = PTHREAD_ONCE_INIT;

/* Never unloaded: it registers what it cannot take back. */
static void
load(void)
{
    static const char name[] = "libarchive.so.13";
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);

    if (!handle) {
        err_set(&library_err, "cannot load %s: %s; install the package that has it (libarchive13)", name, dlerror());
        return;
    }
#define FIND(function)                                                                                                 \
    if (!(*(void **)&library.function = dlsym(handle, #function)))                                                     \
    err_set(&library_err, "%s has no %s", name, #function)
    FUNCTIONS(FIND);
#undef FIND
}

struct archive_file {
    struct archive *archive;
    bool is_written;
};

static bool
fail(const struct archive_file *file, struct err *err)
{
    const char *why = library.archive_error_string(file->archive);

    return err_set(err, "%s", why ? why : "nobody says why");
}

/* Closed again if the way to it fails. */
static struct archive_file *
file_new(bool is_written, struct err *err)
{
    struct archive_file *file;

    pthread_once(&library_once, load);
    if (library_err.text[0]) {
        err_set(err, "%s", library_err.text);
        return NULL;
    }
    file = mem_alloc(sizeof *file);
    file->is_written = is_written;
    file->archive = is_written ? library.archive_write_new() : library.archive_read_new();
    return file;
}

struct archive_file *
archive_create(const char *path, struct err *err)
{
    struct archive_file *file = file_new(true, err);
    struct archive *archive = file ? file->archive : NULL;

    if (!file || (library.archive_write_add_filter_gzip(archive) == ARCHIVE_OK &&
                  library.archive_write_set_filter_option(archive, "gzip", "timestamp", NULL) == ARCHIVE_OK &&
                  library.archive_write_set_format_pax_restricted(archive) == ARCHIVE_OK &&
                  library.archive_write_open_filename(archive, path) == ARCHIVE_OK))
        return file;
    fail(file, err);
    archive_close(file);
    return NULL;
}

struct archive_file *
archive_open(const char *path, struct err *err)
{
    struct archive_file *file = file_new(false, err);

    if (!file || (library.archive_read_support_filter_gzip(file->archive) == ARCHIVE_OK &&
                  library.archive_read_support_format_tar(file->archive) == ARCHIVE_OK &&
                  library.archive_read_open_filename(file->archive, path, BLOCK) == ARCHIVE_OK))
        return file;
    fail(file, err);
    archive_close(file);
    return NULL;
}

void
archive_close(struct archive_file *file)
{
    if (!file)
        return;
    if (file->is_written)
        library.archive_write_free(file->archive);
    else
        library.archive_read_free(file->archive);
    free(file);
}

bool
archive_put(struct archive_file *file, const char *name, struct str bytes, bool is_executable, struct err *err)
{
    struct archive_entry *entry = library.archive_entry_new();
    bool is_good;

    library.archive_entry_set_pathname(entry, name);
    library.archive_entry_set_size(entry, (int64_t)bytes.len);
    library.archive_entry_set_filetype(entry, AE_IFREG);
    library.archive_entry_set_perm(entry, is_executable ? 0755 : 0644);
    library.archive_entry_set_mtime(entry, 0, 0);
    library.archive_entry_set_uid(entry, 0);
    library.archive_entry_set_gid(entry, 0);
    is_good = library.archive_write_header(file->archive, entry) == ARCHIVE_OK &&
              library.archive_write_data(file->archive, bytes.p, bytes.len) == (la_ssize_t)bytes.len;
    library.archive_entry_free(entry);
    return is_good || fail(file, err);
}

bool
archive_finish(struct archive_file *file, struct err *err)
{
    return library.archive_write_close(file->archive) == ARCHIVE_OK || fail(file, err);
}

enum archive_next
archive_next(struct archive_file *file, struct archive_item *item, struct err *err)
{
    struct archive_entry *entry;
    int code = library.archive_read_next_header(file->archive, &entry);

    if (code == ARCHIVE_EOF)
        return ARCHIVE_END;
    if (code != ARCHIVE_OK) {
        fail(file, err);
        return ARCHIVE_DAMAGED;
    }
    *item = (struct archive_item){ .name = library.archive_entry_pathname(entry),
                                   .size = library.archive_entry_size(entry),
                                   .is_file = library.archive_entry_filetype(entry) == AE_IFREG &&
                                              !library.archive_entry_hardlink(entry) &&
                                              !library.archive_entry_symlink(entry),
                                   .is_executable = library.archive_entry_perm(entry) & S_IXUSR };
    return ARCHIVE_ITEM;
}

bool
archive_read(struct archive_file *file, char *bytes, size_t size, struct err *err)
{
    return library.archive_read_data(file->archive, bytes, size) == (la_ssize_t)size || fail(file, err);
}
