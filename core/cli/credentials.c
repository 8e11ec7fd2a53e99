/* SPDX-License-Identifier: MIT */
/* Keys for deploying, by server (credentials.h). */
#include "cli/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "host/disk.h"

enum { MAX_FILE = 64 << 10 };

static const char *
from_environment(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

const char *
credentials_base(struct arena *arena, const char *url, struct err *err)
{
    size_t len = strlen(url), scheme = strcspn(url, ":");
    struct str name = { url, scheme };

    while (len && url[len - 1] == '/')
        len--;
    if ((str_is(name, "http") || str_is(name, "https")) && strncmp(url + scheme, "://", 3) == 0 && len > scheme + 3 &&
        strcspn(url, " \t\r\n?#") >= len)
        return arena_strndup(arena, url, len);
    err_set(err, "the address of a server looks like https://tools.example.com; found \"%s\"", url);
    return NULL;
}

static const char *
file_path(struct arena *arena, struct err *err)
{
    const char *config = from_environment("XDG_CONFIG_HOME"), *home = from_environment("HOME");

    if (config)
        return arena_printf(arena, "%s/interlude/credentials", config);
    if (home)
        return arena_printf(arena, "%s/.config/interlude/credentials", home);
    err_set(err, "cannot find the credentials: HOME is not set");
    return NULL;
}

/* A file that is not there is empty. */
static bool
read_file(struct arena *arena, const char *path, struct str *text, struct err *err)
{
    struct stat info;

    *text = STR("");
    if (stat(path, &info) < 0)
        return errno == ENOENT || err_set_errno(err, "cannot read %s", path);
    if (info.st_mode & 077)
        return err_set(err, "cannot use %s: others may read it (mode %03o). Run: chmod 600 %s", path,
                       (unsigned)info.st_mode & 0777, path);
    return disk_read(arena, path, MAX_FILE, text, err);
}

struct entry {
    struct str line, base, key; /* line: all of it, its end too */
};

static struct str
take_word(struct str *rest)
{
    struct str word;

    while (rest->len && (*rest->p == ' ' || *rest->p == '\t'))
        rest->p++, rest->len--;
    word = (struct str){ rest->p, 0 };
    while (word.len < rest->len && !strchr(" \t\r\n", rest->p[word.len]))
        word.len++;
    rest->p += word.len;
    rest->len -= word.len;
    return word;
}

/* One line after the other; base is empty for comments and empty lines. */
static bool
next_entry(struct str *text, struct entry *entry)
{
    const char *end = text->len ? memchr(text->p, '\n', text->len) : NULL;
    struct str rest;

    if (!text->len)
        return false;
    entry->line = (struct str){ text->p, end ? (size_t)(end - text->p) + 1 : text->len };
    text->p += entry->line.len;
    text->len -= entry->line.len;
    rest = entry->line;
    entry->base = take_word(&rest);
    entry->key = take_word(&rest);
    if (str_starts(entry->base, STR("#")))
        entry->base.len = 0;
    return true;
}

/* The line of that server; base NULL: the first one. */
static bool
find_entry(struct str text, const char *base, struct entry *entry)
{
    while (next_entry(&text, entry))
        if (entry->base.len && (!base || str_is(entry->base, base)))
            return true;
    return false;
}

bool
credentials_get(struct arena *arena, const char *base, struct sign_key *key, struct err *err)
{
    const char *path = file_path(arena, err);
    struct entry entry;
    struct str text;

    err->text[0] = '\0';
    return path && read_file(arena, path, &text, err) && find_entry(text, base, &entry) &&
           (sign_key_read(key, entry.key, err) || err_prefix(err, "%s, the line of %s", path, base));
}

bool
credentials_key(struct arena *arena, const char *base, struct sign_key *key, struct err *err)
{
    const char *given = from_environment("INTERLUDE_DEPLOY_KEY");

    if (given)
        return sign_key_read(key, str_of(given), err) || err_prefix(err, "INTERLUDE_DEPLOY_KEY");
    return credentials_get(arena, base, key, err);
}

bool
credentials_find(struct arena *arena, const char *server, const char **base, struct sign_key *key, struct err *err)
{
    const char *path;
    struct entry entry;
    struct str text;

    if (!server)
        server = from_environment("INTERLUDE_URL");
    if (!server) {
        path = file_path(arena, err);
        if (!path || !read_file(arena, path, &text, err))
            return false;
        if (!find_entry(text, NULL, &entry))
            return err_set(err, "it is not known which server is meant; say so with --server URL or INTERLUDE_URL, or "
                                "once and for all with: interlude login URL");
        server = arena_strndup(arena, entry.base.p, entry.base.len);
    }
    *base = credentials_base(arena, server, err);
    if (!*base)
        return false;
    if (credentials_key(arena, *base, key, err))
        return true;
    if (err->text[0])
        return false;
    return err_set(err, "there is no key for %s; make one with: interlude login %s, or set INTERLUDE_DEPLOY_KEY", *base,
                   *base);
}

/* Never readable by others, also while it is written. */
static bool
write_file(struct arena *arena, const char *path, struct str text, struct err *err)
{
    const char *draft = arena_printf(arena, "%s.%d", path, getpid());
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_written;

    if (fd < 0)
        return err_set_errno(err, "cannot write %s", path);
    is_written = write(fd, text.p, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    is_written = close(fd) == 0 && is_written && rename(draft, path) == 0;
    if (is_written)
        return true;
    err_set_errno(err, "cannot write %s", path);
    unlink(draft);
    return false;
}

bool
credentials_put(struct arena *arena, const char *base, const struct sign_key *key, struct err *err)
{
    const char *path = file_path(arena, err);
    struct entry entry;
    struct buf text;
    struct str old;
    bool is_written;

    if (!path || !read_file(arena, path, &old, err) || !disk_make_parents(path, err))
        return false;
    buf_init(&text, 2 * MAX_FILE);
    while (next_entry(&old, &entry))
        if (!str_is(entry.base, base)) {
            buf_put(&text, entry.line.p, entry.line.len);
            if (entry.line.p[entry.line.len - 1] != '\n')
                buf_char(&text, '\n');
        }
    buf_printf(&text, "%s %s\n", base, sign_key_text(arena, key));
    is_written = write_file(arena, path, buf_view(&text), err);
    buf_fini(&text);
    return is_written;
}
