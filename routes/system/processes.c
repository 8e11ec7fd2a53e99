/* SPDX-License-Identifier: MIT */
/*
 * The processes of this machine, from /proc: sort by CPU time or memory, filter by name or command, send a signal.
 * The SDK in it: a page with an asynchronous table (the callback filters, sorts and pages), row menus that lead to an
 * action with parameters, coloured cells.
 */
#define _GNU_SOURCE
#include <interlude.h>
#include <dirent.h>
#include <pwd.h>
#include <stdlib.h>

#include "proc.h"
#include "units.h"

enum { PROCESSES_MAX = 100000 };

struct list {
    struct process *v;
    size_t n;
};

static bool matches(const struct process *p, const char *term)
{
    char pid[16];

    snprintf(pid, sizeof pid, "%d", p->pid);
    return !term || strcasestr(p->name, term) || strcasestr(p->command, term) || strcmp(pid, term) == 0;
}

/* malloc and free, not il_new: what a callback takes from il_new stays until the page is closed. */
static bool list_matching(struct list *list, const char *term)
{
    size_t room = 0;
    DIR *dir = opendir("/proc");
    struct dirent *entry;

    *list = (struct list){ 0 };
    while (dir && (entry = readdir(dir)) != NULL && list->n < PROCESSES_MAX) {
        if (list->n == room) {
            void *more = realloc(list->v, (room = room ? room * 2 : 256) * sizeof list->v[0]);
            if (!more)
                break;
            list->v = more;
        }
        struct process *next = &list->v[list->n];
        if (proc_read((int)strtol(entry->d_name, NULL, 10), next) && matches(next, term)) /* 0: not a process */
            list->n++;
    }
    if (dir)
        closedir(dir);
    return dir != NULL;
}

static int by_pid(const void *a, const void *b)
{
    return ((const struct process *)a)->pid - ((const struct process *)b)->pid;
}

static int by_name(const void *a, const void *b)
{
    return strcasecmp(((const struct process *)a)->name, ((const struct process *)b)->name);
}

static int by_cpu(const void *a, const void *b)
{
    uint64_t x = ((const struct process *)a)->cpu_ms, y = ((const struct process *)b)->cpu_ms;

    return (x > y) - (x < y);
}

static int by_rss(const void *a, const void *b)
{
    uint64_t x = ((const struct process *)a)->rss_bytes, y = ((const struct process *)b)->rss_bytes;

    return (x > y) - (x < y);
}

/* The keys of the columns below. Nothing asked for: what has used most CPU time comes first. */
static void sort(struct list *list, const il_table_query *query)
{
    static const struct {
        const char *key;
        int (*compare)(const void *, const void *);
    } orders[] = { { "pid", by_pid }, { "name", by_name }, { "cpu", by_cpu }, { "rss", by_rss } };
    int (*compare)(const void *, const void *) = by_cpu;
    bool is_descending = query->sort_column ? query->sort_desc : true;

    for (size_t i = 0; query->sort_column && i < sizeof orders / sizeof orders[0]; i++)
        if (strcmp(orders[i].key, query->sort_column) == 0)
            compare = orders[i].compare;
    if (list->n)
        qsort(list->v, list->n, sizeof list->v[0], compare);
    for (size_t i = 0; is_descending && i < list->n / 2; i++) {
        struct process swap = list->v[i];
        list->v[i] = list->v[list->n - 1 - i];
        list->v[list->n - 1 - i] = swap;
    }
}

static const char *owner(uid_t uid, char *text, size_t size)
{
    char names[1024];
    struct passwd entry, *found = NULL;

    getpwuid_r(uid, &entry, names, sizeof names, &found);
    if (found)
        snprintf(text, size, "%s", found->pw_name);
    else
        snprintf(text, size, "%u", (unsigned)uid);
    return text;
}

static void add_row(il_rows *rows, const struct process *p)
{
    char pid[16], started[24], cpu[32], user[64];
    il_color color = p->state == 'R' ? IL_GREEN : p->state == 'D' ? IL_ORANGE : p->state == 'Z' ? IL_RED : IL_NO_COLOR;

    snprintf(pid, sizeof pid, "%d", p->pid);
    snprintf(started, sizeof started, "%llu", (unsigned long long)p->started);
    snprintf(cpu, sizeof cpu, "%llu:%05.2f", (unsigned long long)p->cpu_ms / 60000, (double)(p->cpu_ms % 60000) / 1000);
    /* il_row_menu copies everything, so texts on the stack are fine */
    il_row_menu(rows, pid,
                IL_MENU({ .label = "Send signal…",
                          .route = "system/signal",
                          .theme = IL_DANGER,
                          .params = IL_PARAMS({ "pid", IL_S(pid) }, { "started", IL_S(started) }) }),
                IL_I(p->pid), IL_S(p->name), IL_S(owner(p->uid, user, sizeof user)),
                IL_RICH(.label = IL_S(((char[]){ p->state, '\0' })), .highlight = color), IL_S(cpu),
                IL_S(units_bytes(p->rss_bytes).text), IL_S(p->command));
}

static il_status find_processes(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    struct list list;

    (void)user;
    if (!list_matching(&list, query->term)) {
        free(list.v);
        return il_fail(ctx, "/proc cannot be read.");
    }
    sort(&list, query);
    il_total(rows, list.n);
    for (size_t i = query->offset; i < list.n && i < query->offset + query->page_size; i++)
        add_row(rows, &list.v[i]);
    free(list.v);
    return IL_OK;
}

static il_status processes(il_ctx *ctx, il_page *page)
{
    (void)ctx;
    il_page_head(page, "Processes", "A table asks anew whenever you sort, filter or turn a page.",
                 IL_MENU({ .label = "Refresh", .route = "system/processes" }));
    /* a column without key cannot be sorted by */
    il_page_add(page, IL_TABLE("", .rows = find_processes, .async = true, .page_size = 25,
                               IL_COLUMNS({ "PID", "pid" }, { "Name", "name", .plain = true }, { "User" }, { "State" },
                                          { "CPU time", "cpu" }, { "Memory", "rss" }, { "Command", .plain = true })));
    return IL_OK;
}
IL_PAGE(processes, .name = "Processes", .description = "What runs, what it costs");
