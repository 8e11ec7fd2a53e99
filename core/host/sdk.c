/* SPDX-License-Identifier: MIT */
/* Headers and flags for authors (sdk.h). */
#include "host/sdk.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "host/disk.h"
#include "host/runner_image.h"

enum { MAX_FLAGS = 64 };
static const char stamp_name[] = ".hash"; /* written last: with it, all of them are there */

static void
hash_files(unsigned char hash[32])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, 32);
    for (size_t i = 0; i < sdk_files_count; i++) {
        crypto_generichash_update(&state, (const unsigned char *)sdk_files[i].path, strlen(sdk_files[i].path) + 1);
        crypto_generichash_update(&state, sdk_files[i].start, (size_t)(sdk_files[i].end - sdk_files[i].start));
    }
    crypto_generichash_final(&state, hash, 32);
}

static bool
is_written(const char *stamp, const unsigned char hash[32])
{
    unsigned char there[32];
    int fd = open(stamp, O_RDONLY | O_CLOEXEC);
    bool is_same = fd >= 0 && read(fd, there, sizeof there) == (ssize_t)sizeof there && memcmp(there, hash, 32) == 0;

    if (fd >= 0)
        close(fd);
    return is_same;
}

static bool
write_files(struct sdk *sdk, struct arena *arena, const char *stamp, struct err *err)
{
    unlink(stamp);
    for (size_t i = 0; i < sdk_files_count; i++) {
        struct str content = { (const char *)sdk_files[i].start, (size_t)(sdk_files[i].end - sdk_files[i].start) };

        if (!disk_write(arena_printf(arena, "%s/%s", sdk->dir, sdk_files[i].path), content, err))
            return false;
    }
    return disk_write(stamp, (struct str){ (const char *)sdk->hash, sizeof sdk->hash }, err);
}

static bool
read_flags(struct sdk *sdk, struct arena *arena, struct err *err)
{
    sdk->flags = arena_alloc(arena, (MAX_FLAGS + 1) * sizeof *sdk->flags);
    for (size_t i = 0; i < sdk_files_count; i++) {
        char *text, *rest = NULL;

        if (strcmp(sdk_files[i].path, "module-flags") != 0)
            continue;
        text = arena_strndup(arena, (const char *)sdk_files[i].start, (size_t)(sdk_files[i].end - sdk_files[i].start));
        for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
            char *words = NULL;

            if (*line == '#')
                continue;
            for (char *word = strtok_r(line, " \t\r", &words); word; word = strtok_r(NULL, " \t\r", &words))
                if (sdk->flag_count < MAX_FLAGS)
                    sdk->flags[sdk->flag_count++] = word;
        }
    }
    return sdk->flag_count || err_set(err, "this build of interlude carries no module-flags; build it again");
}

bool
sdk_open(struct sdk *sdk, struct arena *arena, const char *data_dir, struct err *err)
{
    const char *stamp;

    *sdk = (struct sdk){ .dir = arena_printf(arena, "%s/sdk-headers", data_dir) };
    stamp = arena_printf(arena, "%s/%s", sdk->dir, stamp_name);
    hash_files(sdk->hash);
    if (!read_flags(sdk, arena, err))
        return false;
    return is_written(stamp, sdk->hash) || write_files(sdk, arena, stamp, err);
}
