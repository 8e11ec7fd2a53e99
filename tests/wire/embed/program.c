/* SPDX-License-Identifier: MIT */
/*
 * A program that is a host itself, and does on its standard input's word what embedding programs do: add, remove,
 * close, drop. It names things as the library does inside, to show that they do not meet.
 */
#define _DEFAULT_SOURCE /* signal() as everybody knows it */
#include <interlude.h>
#include <interlude/host.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

INTERLUDE_HOST_PROGRAM;

static volatile sig_atomic_t signals;
static int greeted; /* of this process: handlers see it */

int log_line(void);
int map_set, uplink;

int
log_line(void)
{
    return 7;
}

static il_status
greet(il_ctx *ctx)
{
    const char *name;

    IL_TRY(il_ask(ctx, IL_TEXT(&name, "Your name", .min_len = 2)));
    il_log(ctx, "greeting %s", name);
    __atomic_add_fetch(&greeted, 1, __ATOMIC_SEQ_CST);
    return il_return(ctx, { "greeting", IL_S(il_fmt(ctx, "Hello, %s", name)) });
}

static il_status
people(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    IL_TRY(il_page_head(page, "People", NULL, NULL));
    return il_page_add(page, IL_HEADING("Nobody yet"));
}

static il_status
letter(il_ctx *ctx)
{
    il_file file;
    il_str text;

    IL_TRY(il_ask(ctx, IL_FILE(&file, "Letter")));
    IL_TRY(il_file_read(ctx, &file, &text));
    return il_return_str(ctx, text.p);
}

static il_status
late(il_ctx *ctx)
{
    return il_return_str(ctx, "came later");
}

static const il_route routes[] = {
    IL_ROUTE_ACTION("people/greet", greet, .name = "Greet"),
    IL_ROUTE_PAGE("people", people, .name = "People"),
};
static const il_route more[] = { IL_ROUTE_ACTION("late", late) };
static const il_route files[] = { IL_ROUTE_ACTION("letter", letter) };

static void
on_signal(int number)
{
    (void)number;
    signals++;
}

static bool
obey(interlude_host *host, const char *word)
{
    if (strcmp(word, "add") == 0)
        return interlude_host_add(host, more, 1);
    if (strcmp(word, "files") == 0)
        return interlude_host_add(host, files, 1);
    if (strcmp(word, "remove") == 0)
        return interlude_host_remove(host, "late");
    if (strcmp(word, "close") == 0)
        interlude_host_safely_close(host);
    if (strcmp(word, "drop") == 0)
        interlude_host_immediately_close(host);
    return true;
}

int
main(int argc, char **argv)
{
    interlude_host *host;
    char word[32];

    signal(SIGTERM, on_signal);
    host = interlude_host_new(&(interlude_host_options){ .endpoint = argc > 1 ? argv[1] : NULL,
                                                         .api_key = argc > 2 ? argv[2] : NULL,
                                                         .retry_interval_ms = 100,
                                                         .log_level = INTERLUDE_LOG_DEBUG });
    if (!interlude_host_add(host, routes, sizeof routes / sizeof *routes) || !interlude_host_listen(host)) {
        printf("failed: %s\n", interlude_host_error(host));
        interlude_host_free(host);
        return 1;
    }
    printf("listening\n");
    fflush(stdout);
    while (scanf("%31s", word) == 1) {
        printf("%s: %s\n", word, obey(host, word) ? "done" : interlude_host_error(host));
        fflush(stdout);
    }
    interlude_host_free(host);
    printf("greeted %d, signals %d\n", greeted, (int)signals);
    return 0;
}
