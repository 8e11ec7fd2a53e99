/* SPDX-License-Identifier: MIT */
/* interlude check: looks into a module as the server would, in a runner of its own. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/listing.h"
#include "host/probe.h"
#include "host/program.h"
#include "host/route.h"
#include "json/read.h"
#include "loop/control.h"

struct check {
    const char *file;
    bool wants_json, is_good;
};

/* "users/edit.so" -> "users/edit"; outside a routes directory the name of the file alone is all there is to go by. */
static const char *
full_slug(struct arena *arena, const char *file, const char *slug)
{
    const char *routes = strstr(file, "routes/"), *below = strrchr(file, '/');
    char *own, *folder;

    while (routes && strstr(routes + 1, "routes/"))
        routes = strstr(routes + 1, "routes/");
    below = routes ? routes + 7 : below ? below + 1 : file;
    own = slug_from_file(str_of(below));
    folder = slug_folder(str_of(below));
    slug = *slug ? arena_printf(arena, "%s%s%s", folder, *folder ? "/" : "", slug)
                 : arena_strdup(arena, own ? own : below);
    free(own);
    free(folder);
    return slug;
}

static void
print_routes(const struct check *check, struct arena *arena, struct json routes)
{
    static const char *const heads[] = { "KIND", "SLUG", "NAME", "METHOD" };
    struct listing listing;

    listing_init(&listing, COUNT_OF(heads), heads);
    for (struct json route = json_first(routes); json_type(route) != JSON_MISSING; route = json_next(route)) {
        const char *slug = json_text(arena, json_get(route, "slug"));
        const char *cells[] = { json_text(arena, json_get(route, "kind")),
                                full_slug(arena, check->file, slug ? slug : ""),
                                json_text(arena, json_get(route, "name")),
                                json_text(arena, json_get(route, "method")) };

        listing_add(&listing, cells);
    }
    listing_print(&listing);
}

static void
described(struct str descriptor, void *arg)
{
    struct check *check = arg;
    struct arena arena;
    struct json root;
    struct err err;
    const char *refusal;

    arena_init(&arena, 0);
    if (check->wants_json)
        printf("%.*s\n", STR_ARG(descriptor));
    if (!json_parse(&arena, descriptor, &root, &err)) {
        fprintf(stderr, "interlude: %s: the runner's answer cannot be read: %s\n", check->file, err.text);
    } else if ((refusal = json_text(&arena, json_get(root, "error")))) {
        fprintf(stderr, "interlude: %s: %s\n", check->file, refusal);
    } else {
        check->is_good = true;
        if (!check->wants_json)
            print_routes(check, &arena, json_get(root, "routes"));
    }
    arena_fini(&arena);
    control_stop();
}

static int
run(const struct arguments *arguments)
{
    struct check check = { .file = arguments->words[0], .wants_json = argument_is_set(arguments, "json") };
    char path[PATH_MAX];
    struct err err;

    if (!realpath(check.file, path)) {
        err_set_errno(&err, "cannot look into %s", check.file);
        return fail(&err);
    }
    control_init();
    if (!program_open(&err) || !probe_start(path, described, &check, &err))
        return fail(&err);
    control_run();
    return check.is_good ? EXIT_OK : EXIT_FAILED;
}

const struct command command_check = {
    .name = "check",
    .words = "FILE.so",
    .summary = "Say whether a module can be served, and which routes it has",
    .details = "Opens it in a process of its own, as the server does before it serves it.",
    .min_words = 1,
    .max_words = 1,
    .options = { { "json", NULL, "Print the description as JSON" } },
    .run = run,
};
