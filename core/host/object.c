/* SPDX-License-Identifier: MIT */
/* Sources and the objects made of them (object.h). */
#include "host/object.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "host/disk.h"

enum { MAX_INPUTS = 1024, MAX_INPUT_BYTES = 16 << 20, MAX_NOTE_BYTES = 256 << 10, CLOCK_GRAIN_MS = 5 };

/*
 * The note beside an object: the hash of its inputs in hexadecimal, then their names, one a line.
 */
static const char *
note_path(const struct object *object, struct arena *arena)
{
    return arena_printf(arena, "%s.note", object->path);
}

static const char *
input_path(const struct object *object, struct arena *arena, const char *file)
{
    return *file == '/' ? file : arena_printf(arena, "%s/%s", object->routes_dir, file);
}

static bool
hash_inputs(const struct object *object, struct arena *arena, const struct inputs *inputs, char hex[65])
{
    unsigned char hash[OBJECT_KEY_BYTES];
    crypto_generichash_state state;

    crypto_generichash_init(&state, object->settings, OBJECT_KEY_BYTES, sizeof hash);
    for (size_t i = 0; i < inputs->count; i++) {
        struct str content;

        if (!disk_read(arena, input_path(object, arena, inputs->files[i]), MAX_INPUT_BYTES, &content, NULL))
            return false;
        crypto_generichash_update(&state, (const unsigned char *)inputs->files[i], strlen(inputs->files[i]) + 1);
        crypto_generichash_update(&state, (const unsigned char *)&content.len, sizeof content.len);
        crypto_generichash_update(&state, (const unsigned char *)content.p, content.len);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(hex, 65, hash, sizeof hash);
    return inputs->count > 0;
}

static void
inputs_add(struct inputs *inputs, struct arena *arena, const char *file)
{
    if (!inputs->files)
        inputs->files = arena_alloc(arena, MAX_INPUTS * sizeof *inputs->files);
    if (inputs->count < MAX_INPUTS)
        inputs->files[inputs->count++] = file;
}

bool
object_is_fresh(const struct object *object, struct arena *arena, struct inputs *inputs)
{
    char now[65], *rest = NULL;
    const char *noted, *file;
    struct str note;

    *inputs = (struct inputs){ NULL, 0 };
    if (!disk_read(arena, note_path(object, arena), MAX_NOTE_BYTES, &note, NULL))
        return false;
    noted = strtok_r((char *)(uintptr_t)note.p, "\n", &rest);
    while ((file = strtok_r(NULL, "\n", &rest)))
        inputs_add(inputs, arena, file);
    return noted && access(object->path, R_OK) == 0 && hash_inputs(object, arena, inputs, now) &&
           strcmp(noted, now) == 0;
}

/* ---- make rules as compilers write them: "target: file file \<newline> file" ---- */

/* The next name, unescaped in place ("\ " is a blank, "$$" a dollar, "\#" a hash); NULL at the end. */
static char *
take_name(char **rest)
{
    char *p = *rest, *out, *name;

    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r' || (*p == '\\' && (p[1] == '\n' || p[1] == '\r')))
        p++;
    name = out = p;
    while (*p && !strchr(" \t\r\n", *p)) {
        if ((*p == '\\' && (p[1] == ' ' || p[1] == '#')) || (*p == '$' && p[1] == '$'))
            p++;
        *out++ = *p++;
    }
    *rest = *p ? p + 1 : p;
    *out = '\0';
    return out > name ? name : NULL;
}

static bool
is_below(const char *path, const char *dir)
{
    size_t len = strlen(dir);

    return strncmp(path, dir, len) == 0 && path[len] == '/';
}

static void
read_rule(const struct object *object, struct arena *arena, char *text, const char *skip_dir, struct inputs *inputs)
{
    char *rest = strstr(text, ": "), *name;

    if (!rest)
        return;
    for (rest += 2; (name = take_name(&rest));) {
        const char *file = disk_tidy(arena, name);

        if (is_below(file, skip_dir))
            continue;
        inputs_add(inputs, arena, is_below(file, object->routes_dir) ? file + strlen(object->routes_dir) + 1 : file);
    }
}

static bool
changed_since(const struct object *object, struct arena *arena, const struct inputs *inputs, int64_t started_ms)
{
    for (size_t i = 0; i < inputs->count; i++) {
        struct stat st;

        if (stat(input_path(object, arena, inputs->files[i]), &st) < 0 ||
            (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000 >= started_ms - CLOCK_GRAIN_MS)
            return true;
    }
    return false;
}

void
object_note(const struct object *object, struct arena *arena, const char *rule_file, const char *skip_dir,
            int64_t started_ms, struct inputs *inputs)
{
    char hex[65];
    struct str rule;
    struct buf note;

    *inputs = (struct inputs){ NULL, 0 };
    unlink(note_path(object, arena));
    if (!disk_read(arena, rule_file, MAX_NOTE_BYTES, &rule, NULL))
        return;
    read_rule(object, arena, (char *)(uintptr_t)rule.p, skip_dir, inputs);
    if (changed_since(object, arena, inputs, started_ms) || !hash_inputs(object, arena, inputs, hex))
        return;
    buf_init(&note, MAX_NOTE_BYTES);
    buf_printf(&note, "%s\n", hex);
    for (size_t i = 0; i < inputs->count; i++)
        buf_printf(&note, "%s\n", inputs->files[i]);
    if (note.over || !disk_write(note_path(object, arena), buf_view(&note), NULL))
        unlink(note_path(object, arena)); /* no note: built again at the next start */
    buf_fini(&note);
}

void
object_remove(const struct object *object)
{
    struct arena arena;

    arena_init(&arena, 0);
    unlink(note_path(object, &arena));
    unlink(object->path);
    arena_fini(&arena);
}

/* ---- // link: ---- */

static bool
is_library(const char *word)
{
    return strncmp(word, "-l", 2) == 0 && word[2] &&
           word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-")] == '\0';
}

static bool
is_leading(const char *line)
{
    line += strspn(line, " \t\r");
    return !*line || strncmp(line, "//", 2) == 0 || strncmp(line, "/*", 2) == 0 || *line == '*';
}

size_t
object_libraries(const struct object *object, struct arena *arena, const char *words[OBJECT_MAX_LIBRARIES])
{
    size_t count = 0;
    struct str text;
    char *next;

    if (!disk_read(arena, input_path(object, arena, object->file), MAX_INPUT_BYTES, &text, NULL))
        return 0;
    for (char *line = (char *)(uintptr_t)text.p; line; line = next) {
        char *rest = NULL;

        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (!is_leading(line))
            break;
        if (strncmp(line, "// link:", 8) != 0)
            continue;
        for (char *word = strtok_r(line + 8, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest))
            if (is_library(word) && count < OBJECT_MAX_LIBRARIES)
                words[count++] = word;
    }
    return count;
}
