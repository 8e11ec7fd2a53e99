/* SPDX-License-Identifier: MIT */
/*
 * The compiler of `interlude dev`: which one, what it can, its command line for a route. Does not run it for routes;
 * compile.h does.
 */
#ifndef HOST_COMPILER_H
#define HOST_COMPILER_H

#include "base/arena.h"
#include "base/err.h"
#include "host/object.h"
#include "host/sdk.h"

enum { COMPILER_MAX_WORDS = 160 };

/* What a service wants (custom.interlude.build); the texts stay until compiler_close. */
struct compiler_build {
    const char *cc;  /* "clang -m64"; NULL: $CC or cc */
    const char *dir; /* what "./cc" is relative to */
    const char *const *cflags, *const *libs;
    size_t cflag_count, lib_count;
};

struct compiler {
    const char *words[8]; /* $CC may be "ccache gcc"; the first is an absolute path */
    size_t word_count;    /* 0: it was not found */
    bool has_json;        /* prints diagnostics as JSON; set by the caller when the trial below succeeded */
    struct sdk sdk;
    struct compiler_build build;
    unsigned char settings[OBJECT_KEY_BYTES]; /* hash of everything that makes objects differ besides their sources */
    struct arena arena;
};

/* Writes the SDK to data_dir. */
bool compiler_open(struct compiler *compiler, const struct compiler_build *build, const char *data_dir,
                   struct err *err) MUST_CHECK;
/* Before it is used; may be tried again. The error names the package to install. */
bool compiler_find(struct compiler *compiler, struct err *err) MUST_CHECK;
void compiler_close(struct compiler *compiler);

/* Fills argv: compiles an empty text with JSON diagnostics; exit 0 means has_json. */
void compiler_trial(const struct compiler *compiler, const char *argv[COMPILER_MAX_WORDS]);

/* Fills argv for one route, to be run in the routes directory: writes `output` and the make rule `rule`. */
void compiler_command(const struct compiler *compiler, struct arena *arena, const struct object *object,
                      const char *output, const char *rule, const char *argv[COMPILER_MAX_WORDS]);

/* Its environment: ours, with messages in English; tmp_dir: where its temporary files go, NULL: where ours do. */
const char **compiler_environment(struct arena *arena, const char *tmp_dir);

#endif
