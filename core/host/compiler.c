/* SPDX-License-Identifier: MIT */
/* Which compiler, and its command line (compiler.h). */
#include "host/compiler.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/*
 * Behind module-flags, so these win: gcc 12 needs 105 ms of CPU with -Og for a 160-line route, 141 ms with -O1, 163 ms
 * with the -O2 of module-flags; pipes instead of temporary files, other linkers and precompiled headers gain nothing
 * that can be measured.
 */
static const char *const dev_flags[] = { "-Og", "-MMD" };
static const char *const json_flags[] = { "-fdiagnostics-format=json", "-fmax-errors=20" };

enum { MAX_BUILD_WORDS = 64 };

/* Absolute, because it is run elsewhere. NULL: there is none. */
static const char *
find_program(struct arena *arena, const char *root, const char *name)
{
    const char *path = getenv("PATH");
    char *rest = NULL;

    if (strchr(name, '/')) {
        char *absolute = *name == '/' ? NULL : realpath(root, NULL);
        const char *program = absolute ? arena_printf(arena, "%s/%s", absolute, name) : name;

        free(absolute);
        return access(program, X_OK) == 0 ? program : NULL;
    }
    for (char *dir = strtok_r(arena_strdup(arena, path ? path : "/usr/bin:/bin"), ":", &rest); dir;
         dir = strtok_r(NULL, ":", &rest)) {
        const char *program = arena_printf(arena, "%s/%s", dir, name);

        if (access(program, X_OK) == 0)
            return program;
    }
    return NULL;
}

static bool
find_compiler(struct compiler *compiler, struct err *err)
{
    const char *own = compiler->build.cc, *named = own ? own : getenv("CC");
    const char *cc = named && *named ? named : "cc", *dir = own ? compiler->build.dir : ".", *program;
    char *rest = NULL;

    for (char *word = strtok_r(arena_strdup(&compiler->arena, cc), " \t", &rest); word;
         word = strtok_r(NULL, " \t", &rest))
        if (compiler->word_count < COUNT_OF(compiler->words))
            compiler->words[compiler->word_count++] = word;
    program = compiler->word_count ? find_program(&compiler->arena, dir, compiler->words[0]) : NULL;
    if (!program && own)
        return strchr(own, '/')
                   ? err_set(err, "custom.interlude.build.cc: there is no program \"%s\" in %s", own, dir)
                   : err_set(err,
                             "custom.interlude.build.cc: %s is not installed: apt install gcc (dnf install gcc), "
                             "or name another compiler",
                             own);
    if (!program)
        return err_set(err,
                       "there is no C compiler \"%s\" in PATH; install one (Debian, Ubuntu: apt install gcc libc6-dev; "
                       "Fedora: dnf install gcc) or name yours in the environment variable CC",
                       cc);
    compiler->words[0] = program;
    return true;
}

static void
hash_words(crypto_generichash_state *state, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        crypto_generichash_update(state, (const unsigned char *)words[i], strlen(words[i]) + 1);
}

static void
hash_settings(struct compiler *compiler)
{
    crypto_generichash_state state;
    struct stat st = { .st_size = 0 };

    crypto_generichash_init(&state, compiler->sdk.hash, sizeof compiler->sdk.hash, sizeof compiler->settings);
    hash_words(&state, compiler->words, compiler->word_count);
    hash_words(&state, dev_flags, COUNT_OF(dev_flags));
    hash_words(&state, compiler->build.cflags, compiler->build.cflag_count);
    hash_words(&state, compiler->build.libs, compiler->build.lib_count);
    if (stat(compiler->words[0], &st) == 0) { /* an upgraded compiler is another one */
        crypto_generichash_update(&state, (const unsigned char *)&st.st_size, sizeof st.st_size);
        crypto_generichash_update(&state, (const unsigned char *)&st.st_mtim, sizeof st.st_mtim);
    }
    crypto_generichash_final(&state, compiler->settings, sizeof compiler->settings);
}

bool
compiler_open(struct compiler *compiler, const struct compiler_build *build, const char *data_dir, struct err *err)
{
    *compiler = (struct compiler){ .build = *build };
    if (build->cflag_count + build->lib_count > MAX_BUILD_WORDS)
        return err_set(err, "custom.interlude.build has more than %d flags and libraries", MAX_BUILD_WORDS);
    arena_init(&compiler->arena, 0);
    if (sdk_open(&compiler->sdk, &compiler->arena, data_dir, err))
        return true;
    compiler_close(compiler);
    return false;
}

bool
compiler_find(struct compiler *compiler, struct err *err)
{
    compiler->word_count = 0;
    if (!find_compiler(compiler, err)) {
        compiler->word_count = 0;
        return false;
    }
    hash_settings(compiler);
    return true;
}

void
compiler_close(struct compiler *compiler)
{
    arena_fini(&compiler->arena);
}

struct words {
    const char **argv;
    size_t count;
};

static void
put(struct words *words, const char *word)
{
    ASSERT(words->count < COMPILER_MAX_WORDS - 1); /* the sum of all limits is below it */
    words->argv[words->count++] = word;
    words->argv[words->count] = NULL;
}

static void
put_all(struct words *words, const char *const *more, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(words, more[i]);
}

void
compiler_trial(const struct compiler *compiler, const char *argv[COMPILER_MAX_WORDS])
{
    static const char *const empty[] = { "-fsyntax-only", "-x", "c", "/dev/null" };
    struct words words = { argv, 0 };

    put_all(&words, compiler->words, compiler->word_count);
    put_all(&words, json_flags, COUNT_OF(json_flags));
    put_all(&words, empty, COUNT_OF(empty));
}

void
compiler_command(const struct compiler *compiler, struct arena *arena, const struct object *object, const char *output,
                 const char *rule, const char *argv[COMPILER_MAX_WORDS])
{
    const char *libraries[OBJECT_MAX_LIBRARIES];
    size_t library_count = object_libraries(object, arena, libraries);
    struct words words = { argv, 0 };

    put_all(&words, compiler->words, compiler->word_count);
    put_all(&words, compiler->sdk.flags, compiler->sdk.flag_count);
    put_all(&words, dev_flags, COUNT_OF(dev_flags));
    if (compiler->has_json)
        put_all(&words, json_flags, COUNT_OF(json_flags));
    put_all(&words, compiler->build.cflags, compiler->build.cflag_count);
    put(&words, "-MF");
    put(&words, rule);
    put(&words, arena_printf(arena, "-I%s", compiler->sdk.dir));
    put(&words, "-o");
    put(&words, output);
    put(&words, arena_printf(arena, "./%s", object->file)); /* a file may be called -x.c */
    put_all(&words, libraries, library_count);
    put_all(&words, compiler->build.libs, compiler->build.lib_count);
}

const char **
compiler_environment(struct arena *arena, const char *tmp_dir)
{
    size_t count = 0, at = 0;
    const char **env;

    while (environ[count])
        count++;
    env = arena_alloc(arena, (count + 3) * sizeof *env);
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "LC_ALL=", 7) != 0 && (!tmp_dir || strncmp(environ[i], "TMPDIR=", 7) != 0))
            env[at++] = environ[i];
    env[at++] = "LC_ALL=C"; /* diagnostics in text form are read by us */
    if (tmp_dir)
        env[at] = arena_printf(arena, "TMPDIR=%s", tmp_dir);
    return env;
}
