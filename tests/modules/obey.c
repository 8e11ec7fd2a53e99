/* SPDX-License-Identifier: MIT */
/* Does what it is told: action obey by its answer, function obey-function by ?do=. */
#include <interlude.h>

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Bare system calls: what this module does to the link on purpose is not for a sanitizer to find. */
enum { CONTROL_FD = 3, LINES = 20000, BIG = 200, ROUNDS = 60 };

static void
hang(void)
{
    for (;;)
        pause();
}

static il_status
show_much(il_ctx *ctx)
{
    char *text = il_fmt(ctx, "%*s", BIG * 1024, "x");

    for (int i = 0; i < ROUNDS; i++)
        IL_TRY(il_show(ctx, IL_MARKDOWN(text)));
    return IL_OK;
}

static il_status
obey(il_ctx *ctx)
{
    const char *word;

    IL_TRY(il_ask(ctx, IL_TEXT(&word, "What shall I do?")));
    if (strcmp(word, "crash") == 0)
        raise(SIGSEGV);
    else if (strcmp(word, "hang") == 0)
        hang();
    else if (strcmp(word, "cut") == 0) /* as a library that closes what it does not own */
        syscall(SYS_close, CONTROL_FD), hang();
    else if (strcmp(word, "hang up") == 0)
        shutdown(CONTROL_FD, SHUT_RDWR), hang();
    else if (strcmp(word, "junk") == 0) /* a head that claims 4 GB, in the middle of what the runner says */
        syscall(SYS_write, CONTROL_FD, "\377\377\377\377junkjunkjunkjunkjunkjunkjunkjunkjunkjunkjunkjunk", 52), hang();
    else if (strcmp(word, "log") == 0)
        for (int i = 0; i < LINES; i++)
            il_log(ctx, "line %d", i);
    else if (strcmp(word, "show") == 0)
        IL_TRY(show_much(ctx));
    return il_return_str(ctx, word);
}

static il_status
obey_function(il_request *req, il_response *res)
{
    const char *word = il_query(req, "do");

    if (word && strcmp(word, "die") == 0)
        kill(getpid(), SIGKILL); /* which no breaker counts */
    else if (word && strcmp(word, "crash") == 0)
        raise(SIGSEGV);
    else if (word && strcmp(word, "hang") == 0)
        hang();
    return il_respond(res, 200, "text/plain", "here", 4);
}

static const il_route routes[] = {
    IL_ROUTE_ACTION("obey", obey, .name = "Obey"),
    IL_ROUTE_FUNCTION("obey-function", obey_function, .method = "ANY", .timeout_ms = 500),
};
IL_MODULE(routes);
