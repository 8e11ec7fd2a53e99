/* SPDX-License-Identifier: MIT */
/* Where the installation's secrets come from: the environment, or DATA/secrets (secrets.h). */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/secrets.h"

enum { SECRET_BYTES = 32, MIN_SECRET = 16, MAX_FILE = 4096 };

/* The texts as given: NUL-terminated, "" if missing. */
struct texts {
    char secret[2 * SECRET_BYTES + 1], cookie_secret[2 * SECRET_BYTES + 1];
};

static void
make_secret(char text[2 * SECRET_BYTES + 1])
{
    unsigned char bytes[SECRET_BYTES];

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(text, 2 * SECRET_BYTES + 1, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

static bool
write_durably(int fd, const char *text, size_t len)
{
    return write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
}

/* Makes the file under another name and links it in, so that of two servers starting at once one wins and both read the
 * same. */
static bool
make_file(const char *path, struct err *err)
{
    char temporary[4096 + 16], content[512];
    struct texts texts;
    int fd, len;
    bool ok;

    make_secret(texts.secret);
    make_secret(texts.cookie_secret);
    len = snprintf(content, sizeof content,
                   "# Keep this file secret and back it up: sessions and development keys depend on it.\n"
                   "SECRET=%s\nAUTH_COOKIE_SECRET=%s\n",
                   texts.secret, texts.cookie_secret);
    snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, "cannot write the secrets file %s", temporary);
    ok = write_durably(fd, content, (size_t)len) || err_set_errno(err, "cannot write the secrets file %s", temporary);
    close(fd);
    sodium_memzero(content, sizeof content);
    sodium_memzero(&texts, sizeof texts);
    if (ok && link(temporary, path) != 0 && errno != EEXIST)
        ok = err_set_errno(err, "cannot make the secrets file %s", path);
    unlink(temporary);
    return ok;
}

static void
take_line(const char *content, const char *name, char text[2 * SECRET_BYTES + 1])
{
    const char *at = content;

    while ((at = strstr(at, name))) {
        if (at == content || at[-1] == '\n') {
            size_t len;

            at += strlen(name);
            len = strcspn(at, "\r\n");
            snprintf(text, 2 * SECRET_BYTES + 1, "%.*s", (int)len, at);
            return;
        }
        at += strlen(name);
    }
}

static bool
read_file(const char *path, struct texts *texts, struct err *err)
{
    char content[MAX_FILE + 1];
    struct stat info;
    ssize_t len;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return err_set_errno(err, "cannot read the secrets file %s", path);
    len = fstat(fd, &info) == 0 ? read(fd, content, MAX_FILE) : -1;
    close(fd);
    if (len < 0)
        return err_set_errno(err, "cannot read the secrets file %s", path);
    if (info.st_mode & 077)
        return err_set(err, "cannot use the secrets file %s: others may read it (mode %03o). Run: chmod 600 %s", path,
                       (unsigned)info.st_mode & 0777, path);
    content[len] = '\0';
    *texts = (struct texts){ "", "" };
    take_line(content, "SECRET=", texts->secret);
    take_line(content, "AUTH_COOKIE_SECRET=", texts->cookie_secret);
    sodium_memzero(content, sizeof content);
    return strlen(texts->secret) >= MIN_SECRET && strlen(texts->cookie_secret) >= MIN_SECRET
               ? true
               : err_set(err,
                         "cannot use the secrets file %s: SECRET and AUTH_COOKIE_SECRET need at least %d "
                         "characters each. Restore it from a backup, or remove it to begin with new secrets",
                         path, MIN_SECRET);
}

static void
derive(unsigned char key[SECRETS_KEY_BYTES], const char *secret, const char *purpose)
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, SECRETS_KEY_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, (const unsigned char *)secret, strlen(secret));
    crypto_generichash_final(&state, key, SECRETS_KEY_BYTES);
    sodium_memzero(&state, sizeof state);
}

static bool
is_set(const char *text)
{
    return text && *text;
}

bool
secrets_load(struct secrets *secrets, const char *data_dir, const char *secret, const char *cookie_secret,
             struct err *err)
{
    struct texts texts = { "", "" };

    if (sodium_init() < 0)
        return err_set(err, "cannot start: libsodium found no source of random numbers");
    if (!is_set(secret) || !is_set(cookie_secret)) {
        char path[4096 - 32];

        if (snprintf(path, sizeof path, "%s/secrets", data_dir) >= (int)sizeof path)
            return err_set(err, "cannot keep secrets in %s: the path is too long", data_dir);
        if ((access(path, F_OK) != 0 && !make_file(path, err)) || !read_file(path, &texts, err))
            return false;
    }
    derive(secrets->store_key, is_set(secret) ? secret : texts.secret, "interlude store 1");
    derive(secrets->cookie_key, is_set(cookie_secret) ? cookie_secret : texts.cookie_secret, "interlude cookie 1");
    sodium_memzero(&texts, sizeof texts);
    return true;
}
