/* SPDX-License-Identifier: MIT */
/* interlude new: the source of a route to begin with. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/command.h"
#include "host/disk.h"
#include "host/route.h"

enum { MAX_SOURCE = 65536 };

/* @ stands for the title. */
static const char action_source[] = //
    "/* Asks, and shows what came of it. */\n"
    "#include <interlude.h>\n"
    "\n"
    "static il_status run(il_ctx *ctx)\n"
    "{\n"
    "    const char *name;\n"
    "    double count;\n"
    "\n"
    "    IL_TRY(il_ask(ctx, IL_TEXT(&name, \"Name\", .min_len = 2),\n"
    "                  IL_NUMBER(&count, \"How many\", .min = IL_SET(1), .max = IL_SET(10), .value = IL_SET(1))));\n"
    "    il_log(ctx, \"%s wants %g\", name, count);\n"
    "    return il_return(ctx, { \"name\", IL_S(name) }, { \"count\", IL_N(count) });\n"
    "}\n"
    "IL_ACTION(run, .name = \"@\");\n";

static const char page_source[] = //
    "/* Shows a table. */\n"
    "#include <interlude.h>\n"
    "\n"
    "static il_status find_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)\n"
    "{\n"
    "    (void)ctx, (void)query, (void)user;\n"
    "    il_row(rows, \"1\", IL_S(\"First\"), IL_N(1));\n"
    "    il_row(rows, \"2\", IL_S(\"Second\"), IL_N(2));\n"
    "    return IL_OK;\n"
    "}\n"
    "\n"
    "static il_status show(il_ctx *ctx, il_page *page)\n"
    "{\n"
    "    (void)ctx;\n"
    "    il_page_head(page, \"@\", NULL, NULL);\n"
    "    il_page_add(page, IL_TABLE(\"@\", .rows = find_rows, IL_COLUMNS({ \"Name\", \"name\" }, { \"Count\", "
    "\"count\" })));\n"
    "    return IL_OK;\n"
    "}\n"
    "IL_PAGE(show, .name = \"@\");\n";

static const char function_source[] = //
    "/* Answers HTTP: the body of the request comes back. */\n"
    "#include <interlude.h>\n"
    "\n"
    "static il_status handle(il_request *req, il_response *res)\n"
    "{\n"
    "    il_str body = il_body(req); /* bytes, not a C string */\n"
    "\n"
    "    return il_respond(res, 200, \"text/plain\", body.p, body.len);\n"
    "}\n"
    "IL_FUNCTION(handle, .name = \"@\", .method = \"POST\");\n";

static const struct kind {
    const char *name, *source;
} kinds[] = {
    { "action", action_source },
    { "page", page_source },
    { "function", function_source },
};

static const struct kind *
find_kind(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

/* "users/send-invoice" -> "Send invoice" */
static void
put_title(struct buf *out, const char *slug)
{
    const char *last = strrchr(slug, '/');

    last = last ? last + 1 : slug;
    buf_char(out, (char)toupper(*last));
    while (*last && *++last)
        buf_char(out, *last == '-' || *last == '_' ? ' ' : *last);
}

static void
put_source(struct buf *out, const struct kind *kind, const char *slug)
{
    for (const char *p = kind->source; *p; p++) {
        if (*p == '@')
            put_title(out, slug);
        else
            buf_char(out, *p);
    }
}

static bool
write_route(const struct config *config, const struct kind *kind, const char *slug, struct err *err)
{
    struct arena arena;
    struct buf source;
    const char *path;
    bool is_written;

    arena_init(&arena, 0);
    path = arena_printf(&arena, "%s/%s.c", config->routes, slug);
    buf_init(&source, MAX_SOURCE);
    put_source(&source, kind, slug);
    is_written = access(path, F_OK) != 0 ? disk_write(path, buf_view(&source), err)
                                         : err_set(err, "%s exists already; nothing was written", path);
    if (is_written)
        printf("%s\n", path);
    buf_fini(&source);
    arena_fini(&arena);
    return is_written;
}

static int
run(const struct arguments *arguments)
{
    const struct kind *kind = find_kind(arguments->words[0]);
    struct str slug = str_of(arguments->words[1]);
    char *name;
    struct config config;
    struct err err;
    int code = EXIT_FAILED;

    if (!kind)
        return usage_error(arguments->command, "there is no \"%s\" to make; there are action, page, function.",
                           arguments->words[0]);
    if (str_ends(slug, STR(".c")))
        slug.len -= 2;
    if (!slug_is_valid(slug))
        return usage_error(arguments->command,
                           "\"%s\" cannot be the address of a route: letters, digits, - _ . and / between.",
                           arguments->words[1]);
    name = mem_strndup(slug.p, slug.len);
    if (arguments_config(arguments, &config, true, NULL))
        code = write_route(&config, kind, name, &err) ? EXIT_OK : fail(&err);
    config_fini(&config);
    free(name);
    return code;
}

const struct command command_new = {
    .name = "new",
    .words = "action|page|function NAME",
    .summary = "Write ROUTES/NAME.c, a small route to begin with",
    .details = "NAME is its address: users/edit becomes users/edit.c. Nothing is overwritten.",
    .min_words = 2,
    .max_words = 2,
    .config = COMMAND_ROUTES,
    .run = run,
};
