/* SPDX-License-Identifier: MIT */
/* What variables find on the disk: other files, .env, the state of a git work tree (variables.h). */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "function/variables_internal.h"
#include "function/yaml.h"
#include "host/disk.h"

enum { MAX_FILES = 64, SHA1_HEX = 40, SHORT_HEX = 7, MAX_PARENTS = 64 };

static struct resolver_file *
note_file(struct resolver *resolver, const char *path)
{
    struct resolver_file *file = arena_alloc(resolver->forest->arena, sizeof *file);

    file->path = path;
    file->next = resolver->files;
    resolver->files = file;
    resolver->file_count++;
    return file;
}

/* ---- ${file(…)} ---- */

static const char *
extension(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');

    return dot ? dot + 1 : "";
}

static bool
is_one_of(const char *word, const char *const words[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* Links are followed first: what counts is where the file really is. */
static bool
is_inside(struct resolver *resolver, const char *path)
{
    char real[PATH_MAX], dir[PATH_MAX];
    size_t len;

    if (!realpath(path, real) || !realpath(resolver->dir, dir))
        return true; /* not there at all: that is said when it is read */
    len = strlen(dir);
    return strncmp(real, dir, len) == 0 && (real[len] == '/' || len == 1);
}

static struct node *
parse_file(struct resolver *resolver, const char *path, struct str text)
{
    static const char *const yaml[] = { "yml", "yaml" }, *const json[] = { "json", "tfstate" };
    const struct source *source = source_new(resolver->forest->arena, path, text);
    const struct place start = { source, 1, 1 };

    if (is_one_of(extension(path), yaml, COUNT_OF(yaml)))
        return yaml_read(resolver->forest, source);
    if (is_one_of(extension(path), json, COUNT_OF(json)))
        return yaml_read_json(resolver->forest, source);
    if (memchr(text.p, '\0', text.len) || !str_is_utf8(text)) {
        service_error(resolver->forest->problems, start, "not a text in UTF-8");
        return NULL;
    }
    return node_new_text(resolver->forest, start, source->text);
}

/* Reads it once. The path is below the directory, or absolute. */
static struct resolver_file *
open_file(struct resolver *resolver, const char *path)
{
    struct arena *arena = resolver->forest->arena;
    struct resolver_file *file;
    struct str text;

    for (file = resolver->files; file; file = file->next)
        if (strcmp(file->path, path) == 0)
            return file;
    file = note_file(resolver, path);
    path = *path == '/' ? path : arena_printf(arena, "%s/%s", resolver->dir, path);
    errno = 0;
    if (disk_read(arena, path, YAML_MAX_BYTES, &text, NULL)) {
        file->root = parse_file(resolver, file->path, text);
        file->is_broken = !file->root;
    } else if (errno != ENOENT && errno != ENOTDIR) {
        resolver_fail(resolver, "%s cannot be read: it must be a readable file of at most %d bytes", file->path,
                      YAML_MAX_BYTES);
        file->is_broken = true;
    }
    return file;
}

enum outcome
resolver_file(struct resolver *resolver, struct str path, struct str address, struct node **value)
{
    static const char *const scripts[] = { "js", "cjs", "mjs", "ts", "cts", "mts" };
    struct arena *arena = resolver->forest->arena;
    const char *tidy = disk_tidy(arena, arena_strndup(arena, path.p, path.len));
    const char *full = *tidy == '/' ? tidy : arena_printf(arena, "%s/%s", resolver->dir, tidy);
    struct resolver_file *file;
    enum outcome outcome;

    if (is_one_of(extension(tidy), scripts, COUNT_OF(scripts)))
        return resolver_fail(resolver, "%s: programs are not run to make the configuration; write it as YAML or JSON",
                             tidy);
    if (!resolver->options->allows_outside && (strncmp(tidy, "..", 2) == 0 || !is_inside(resolver, full)))
        return resolver_fail(resolver, "%s is outside of the directory of the service; --allow-outside permits it",
                             tidy);
    if (resolver->file_count >= MAX_FILES)
        return resolver_fail(resolver, "more than %d files", MAX_FILES);
    file = open_file(resolver, tidy);
    if (file->is_broken)
        return FAILED;
    if (!file->root)
        return resolver_miss(resolver, "there is no file %s", tidy);
    outcome = resolver_walk(resolver, file->root, address, value);
    return outcome == MISSING ? resolver_miss(resolver, "%s: %s", tidy, resolver->reason) : outcome;
}

/* ---- ${env:…} ---- */

static struct dotenv *
read_dotenv(struct resolver *resolver, const char *name)
{
    struct arena *arena = resolver->forest->arena;
    struct dotenv *first = NULL;
    struct str text;
    struct err err;

    note_file(resolver, name);
    if (!disk_read(arena, arena_printf(arena, "%s/%s", resolver->dir, name), YAML_MAX_BYTES, &text, NULL))
        return NULL;
    if (!dotenv_parse(arena, text, &first, &err))
        service_error(resolver->forest->problems, (struct place){ NULL, 0, 0 }, "%s: %s", name, err.text);
    return first;
}

static const char *
find_dotenv(const struct dotenv *first, struct str name)
{
    const char *value = NULL;

    for (; first; first = first->next)
        if (str_is(name, first->name))
            value = first->value; /* the last one */
    return value;
}

static bool
is_stage_busy(const struct resolver *resolver)
{
    const struct node *provider = node_get(resolver->root, STR("provider")), *stage = node_get(provider, STR("stage"));

    return !resolver->stage && !resolver->options->stage &&
           ((provider && provider->state == NODE_BUSY) || (stage && stage->state == NODE_BUSY));
}

/*
 * .env.<stage> needs the stage, which may come from the environment itself: while it is looked for, only .env is there.
 */
static void
load_dotenv(struct resolver *resolver)
{
    const struct node *setting = node_get(resolver->root, STR("useDotenv"));
    bool is_off = node_is(setting, NODE_BOOL) && !setting->boolean;

    if (!resolver->has_dotenv) {
        resolver->has_dotenv = true;
        resolver->dotenv_plain = is_off ? NULL : read_dotenv(resolver, ".env");
    }
    if (!is_off && !resolver->has_dotenv_stage && !is_stage_busy(resolver)) {
        const char *stage;

        resolver->has_dotenv_stage = true;
        stage = resolver_stage(resolver);
        if (!strchr(stage, '/'))
            resolver->dotenv_stage = read_dotenv(resolver, arena_printf(resolver->forest->arena, ".env.%s", stage));
    }
}

const char *
resolver_env(struct resolver *resolver, struct str name)
{
    const char *value;

    for (const char *const *setting = resolver->options->environment; setting && *setting; setting++)
        if (strncmp(*setting, name.p, name.len) == 0 && (*setting)[name.len] == '=')
            return *setting + name.len + 1;
    load_dotenv(resolver);
    value = find_dotenv(resolver->dotenv_stage, name);
    return value ? value : find_dotenv(resolver->dotenv_plain, name);
}

/* ---- ${git:…}: read from .git, so that no program has to be there ---- */

static const char *
first_line(struct resolver *resolver, const char *path)
{
    struct str text;

    if (!disk_read(resolver->forest->arena, path, 1 << 16, &text, NULL))
        return NULL;
    return arena_strndup(resolver->forest->arena, text.p, strcspn(text.p, "\r\n"));
}

/* The .git of the work tree the directory is in; of a linked one, what its file says. */
static const char *
find_git(struct resolver *resolver)
{
    struct arena *arena = resolver->forest->arena;
    char dir[PATH_MAX];

    if (!realpath(resolver->dir, dir))
        return NULL;
    for (int i = 0; i < MAX_PARENTS && *dir; i++) {
        const char *git = arena_printf(arena, "%s/.git", dir), *line;

        if (access(arena_printf(arena, "%s/HEAD", git), R_OK) == 0)
            return git;
        line = first_line(resolver, git);
        if (line && strncmp(line, "gitdir: ", 8) == 0)
            return line[8] == '/' ? line + 8 : arena_printf(arena, "%s/%s", dir, line + 8);
        *strrchr(dir, '/') = '\0';
    }
    return NULL;
}

static const char *
packed_ref(struct resolver *resolver, const char *git, const char *ref)
{
    struct arena *arena = resolver->forest->arena;
    struct str text;

    if (!disk_read(arena, arena_printf(arena, "%s/packed-refs", git), 8 << 20, &text, NULL))
        return NULL;
    for (const char *line = text.p; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strcspn(line, " \n") == SHA1_HEX && line[SHA1_HEX] == ' ' &&
            strncmp(line + SHA1_HEX + 1, ref, strlen(ref)) == 0 && strchr("\r\n", line[SHA1_HEX + 1 + strlen(ref)]))
            return arena_strndup(arena, line, SHA1_HEX);
    return NULL;
}

static const char *
find_commit(struct resolver *resolver, const char *git, const char *ref)
{
    struct arena *arena = resolver->forest->arena;
    const char *common = first_line(resolver, arena_printf(arena, "%s/commondir", git));
    const char *commit;

    commit = first_line(resolver, arena_printf(arena, "%s/%s", git, ref));
    if (common) /* of a linked work tree: branches are kept with the first one */
        git = *common == '/' ? common : arena_printf(arena, "%s/%s", git, common);
    if (!commit)
        commit = first_line(resolver, arena_printf(arena, "%s/%s", git, ref));
    return commit ? commit : packed_ref(resolver, git, ref);
}

enum outcome
resolver_git(struct resolver *resolver, struct str address, struct node **value)
{
    bool wants_branch = str_is(address, "branch"), is_short = str_is(address, "sha1");
    const char *git = find_git(resolver), *head, *result, *ref;

    if (!wants_branch && !is_short && !str_is(address, "commit"))
        return resolver_fail(resolver, "git knows sha1, commit and branch, not \"%.*s\"", STR_ARG(address));
    head = git ? first_line(resolver, arena_printf(resolver->forest->arena, "%s/HEAD", git)) : NULL;
    if (!head)
        return resolver_miss(resolver, "the directory is not in a git work tree");
    ref = strncmp(head, "ref: ", 5) == 0 ? head + 5 : NULL;
    if (ref && (strncmp(ref, "refs/", 5) != 0 || strstr(ref, "..")))
        return resolver_miss(resolver, "its HEAD is not understood");
    if (wants_branch)
        result = !ref ? "HEAD" : strncmp(ref, "refs/heads/", 11) == 0 ? ref + 11 : ref;
    else
        result = ref ? find_commit(resolver, git, ref) : head;
    if (!result || (!wants_branch && strlen(result) < SHA1_HEX))
        return resolver_miss(resolver, "the work tree has no commit yet");
    *value = resolver_text(resolver, (struct str){ result, is_short ? SHORT_HEX : strlen(result) });
    return FOUND;
}
