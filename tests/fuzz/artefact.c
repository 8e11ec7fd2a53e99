/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: archives that somebody sends as artefacts: refused in words, or taken file by file, with names that lead
 * nowhere else and within the limits. A first byte of 0: the rest is the archive. Otherwise the rest are entries, of
 * which a tar with right checksums is made: kind, length of the name, name, length of the content in four bytes,
 * content. 64 zeros in the first entry stand for the digest of the second, the next 64 for that of the third.
 */
#include "deploy/artefact.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "deploy/package_internal.h"
#include "function/service_problem.h"

enum { BLOCK = 512, MAX_ENTRIES = 32, MAX_ARCHIVE = 4 << 20 };

struct entry {
    char kind;
    struct str name, content;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str
take(struct str *from, size_t len)
{
    struct str taken = { from->p, len < from->len ? len : from->len };

    from->p += taken.len;
    from->len -= taken.len;
    return taken;
}

static size_t
read_entries(struct str from, struct entry entries[MAX_ENTRIES])
{
    size_t count = 0;

    while (from.len >= 6 && count < MAX_ENTRIES) {
        struct entry *entry = &entries[count++];
        struct str head = take(&from, 2), size;

        entry->kind = head.p[0];
        entry->name = take(&from, (unsigned char)head.p[1]);
        size = take(&from, 4);
        entry->content = (struct str){ from.p, 0 };
        if (size.len == 4)
            entry->content =
                take(&from, (size_t)(unsigned char)size.p[0] | (size_t)(unsigned char)size.p[1] << 8 |
                                (size_t)(unsigned char)size.p[2] << 16 | (size_t)(unsigned char)size.p[3] << 24);
    }
    return count;
}

static void
put_digests(struct str text, const struct entry *entries, size_t count, struct buf *out)
{
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    size_t next = 1;

    while (text.len) {
        char sha256[65];

        if (next < count && text.len >= 64 && memcmp(text.p, zeros, 64) == 0) {
            package_sha256(entries[next++].content, sha256);
            buf_put(out, sha256, 64);
            take(&text, 64);
        } else {
            buf_put(out, take(&text, 1).p, 1);
        }
    }
}

/* POSIX.1-1988 ustar; names of up to 100 bytes. */
static void
put_entry(const struct entry *entry, struct str content, struct buf *out)
{
    static const char padding[BLOCK];
    char head[BLOCK] = "";
    unsigned sum = 0;

    memcpy(head, entry->name.p, entry->name.len < 100 ? entry->name.len : 100);
    memcpy(head + 100, "0000644", 7);
    snprintf(head + 124, 12, "%011zo", content.len);
    memset(head + 148, ' ', 8);
    head[156] = entry->kind;
    memcpy(head + 157, "dist/quote.so", 13); /* where links lead */
    memcpy(head + 257, "ustar\00000", 8);
    for (size_t i = 0; i < BLOCK; i++)
        sum += (unsigned char)head[i];
    snprintf(head + 148, 8, "%06o", sum);
    buf_put(out, head, BLOCK);
    buf_put(out, content.p, content.len);
    buf_put(out, padding, (BLOCK - content.len % BLOCK) % BLOCK);
}

static void
make_archive(struct str from, struct buf *out)
{
    struct entry entries[MAX_ENTRIES];
    size_t count = read_entries(from, entries);
    struct buf manifest;

    buf_init(&manifest, MAX_ARCHIVE);
    for (size_t i = 0; i < count; i++) {
        if (i == 0)
            put_digests(entries[0].content, entries, count, &manifest);
        put_entry(&entries[i], i == 0 ? buf_view(&manifest) : entries[i].content, out);
    }
    buf_fini(&manifest);
}

static bool
on_file(void *arg, const char *name, struct str bytes, bool is_executable, struct err *err)
{
    uint64_t *total = arg;

    (void)is_executable;
    (void)err;
    ASSERT(name[0] != '/' && strncmp(name, "../", 3) != 0 && !strstr(name, "/../") && !strstr(name, "//"));
    *total += bytes.len;
    ASSERT(*total <= PACKAGE_MAX_UNPACKED);
    return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct service_problems *problems;
    struct package package;
    struct service *service;
    uint64_t total = 0;
    struct buf archive;
    char path[64];
    int fd;

    if (!size)
        return 0;
    buf_init(&archive, MAX_ARCHIVE);
    if (data[0])
        make_archive((struct str){ (const char *)data + 1, size - 1 }, &archive);
    else
        buf_put(&archive, (const char *)data + 1, size - 1);
    fd = memfd_create("artefact", MFD_CLOEXEC);
    ASSERT(fd >= 0 && write(fd, archive.p, archive.len) == (ssize_t)archive.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    problems = mem_alloc(sizeof *problems);
    service_problems_init(problems);
    service = artefact_read(&package, path, on_file, &total, problems);
    ASSERT(service ? !problems->error_count && total == package.file_bytes : problems->error_count > 0);
    service_put(service);
    package_fini(&package);
    service_problems_fini(problems);
    free(problems);
    buf_fini(&archive);
    close(fd);
    return 0;
}
