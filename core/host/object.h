/* SPDX-License-Identifier: MIT */
/*
 * A source file and the object made of it: what it includes and links, and whether the object is what the sources would
 * give now. Decided by content, never by time stamps, because checkouts and copies set those as they like. Does not
 * compile; compile.h does.
 */
#ifndef HOST_OBJECT_H
#define HOST_OBJECT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { OBJECT_KEY_BYTES = 32, OBJECT_MAX_LIBRARIES = 32 };

struct object {
    const char *routes_dir;
    const char *file;              /* "users/edit.c", below routes_dir */
    const char *path;              /* DATA/build/users/edit.so */
    const unsigned char *settings; /* OBJECT_KEY_BYTES: hash of compiler, flags, SDK */
};

/*
 * Files that a source is made of, relative to the routes directory where they are below it; the source itself comes
 * first.
 */
struct inputs {
    const char **files;
    size_t count;
};

/*
 * Is the object there, made of exactly what is there now? Fills inputs from the last compile in both cases, empty if
 * unknown.
 */
bool object_is_fresh(const struct object *object, struct arena *arena, struct inputs *inputs);

/*
 * After a compile: reads the make rule the compiler wrote (-MMD) and notes what the object was made of. Files changed
 * since `started_ms` (wall clock) are not trusted: the object is then stale at the next start. Below skip_dir nothing
 * counts.
 */
void object_note(const struct object *object, struct arena *arena, const char *rule_file, const char *skip_dir,
                 int64_t started_ms, struct inputs *inputs);

/* The libraries that comments at the start of the source name: `// link: -lsqlite3 -lm`. Only -l words are taken. */
size_t object_libraries(const struct object *object, struct arena *arena, const char *words[OBJECT_MAX_LIBRARIES]);

void object_remove(const struct object *object); /* with its note */

#endif
