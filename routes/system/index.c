/* SPDX-License-Identifier: MIT */
/*
 * The machine at a glance, and the page above the other system tools: index.c answers for its folder.
 * The SDK in it: a page with buttons, metadata as cards and as a grid, an instant (IL_T) in the reader's time zone.
 */
#include <interlude.h>
#include <stdio.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "units.h"

static double available_mib(void)
{
    FILE *file = fopen("/proc/meminfo", "re");
    char line[128];
    double kib = 0;

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %lf", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return kib / 1024;
}

static il_status overview(il_ctx *ctx, il_page *page)
{
    struct sysinfo info = { 0 };
    struct utsname kernel = { 0 };
    int64_t now_ms = (int64_t)time(NULL) * 1000;

    sysinfo(&info);
    uname(&kernel);
    double load = (double)info.loads[0] / (1 << SI_LOAD_SHIFT);
    double total_mib = (double)info.totalram * info.mem_unit / (1 << 20);
    double used = (total_mib - available_mib()) / total_mib;

    il_page_head(page, kernel.nodename, "This is the machine that Interlude runs on.",
                 IL_MENU({ .label = "Log files", .route = "system/log" }, { .label = "Disks", .route = "system/disk" },
                         { .label = "Processes", .route = "system/processes" }));
    il_page_add(
        page,
        IL_METADATA(
            "", .layout = IL_LAYOUT_CARD,
            IL_META({ "Load", IL_S(il_fmt(ctx, "%.2f on %ld cores", load, sysconf(_SC_NPROCESSORS_ONLN))) },
                    { "Memory used", IL_S(il_fmt(ctx, "%.0f %% of %.1f GiB", used * 100, total_mib / 1024)) },
                    { "Up for", IL_S(il_fmt(ctx, "%ld d %ld h", info.uptime / 86400, info.uptime / 3600 % 24)) })));
    il_page_add(
        page,
        IL_METADATA(
            "Details",
            IL_META({ "Kernel", IL_S(il_fmt(ctx, "%s %s", kernel.sysname, kernel.release)) },
                    { "Architecture", IL_S(kernel.machine) }, { "Started", IL_T(now_ms - (int64_t)info.uptime * 1000) },
                    { "Swap used", IL_S(units_bytes((info.totalswap - info.freeswap) * info.mem_unit).text) })));
    return IL_OK;
}
IL_PAGE(overview, .name = "System", .description = "Processes, disks and logs of this machine");
