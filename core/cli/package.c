/* SPDX-License-Identifier: MIT */
/* interlude package: the artefact of a service, as deploy sends it. */
#include "deploy/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/listing.h"
#include "cli/service.h"
#include "deploy/route_slug.h"

enum { MAX_REPORT = 4 << 20, SHOWN_HASH = 12 };

static void
print_functions(const struct package *package)
{
    static const char *const heads[] = { "FUNCTION", "FILE", "SYMBOL", "ABI", "SIZE", "SHA256" };
    struct listing listing;
    struct arena arena;

    arena_init(&arena, 0);
    listing_init(&listing, COUNT_OF(heads), heads);
    for (size_t i = 0; i < package->function_count; i++) {
        const struct package_function *function = &package->functions[i];
        const char *cells[] = { function->key,
                                function->file,
                                function->symbol,
                                arena_printf(&arena, "%u", function->abi),
                                arena_printf(&arena, "%llu kB", (unsigned long long)(function->bytes + 999) / 1000),
                                arena_strndup(&arena, function->sha256, SHOWN_HASH) };

        listing_add(&listing, cells);
    }
    listing_print(&listing);
    arena_fini(&arena);
}

static void
print_routes(const struct service *service, const struct package *package)
{
    static const char *const heads[] = { "ROUTE", "FILE", "ABI", "SIZE", "SHA256" };
    struct listing listing;
    struct arena arena;

    arena_init(&arena, 0);
    listing_init(&listing, COUNT_OF(heads), heads);
    for (size_t i = 0; i < package->route_count; i++) {
        const struct package_route *route = &package->routes[i];
        const char *cells[] = { route_slug(service, route->file, &arena), route->file,
                                arena_printf(&arena, "%u", route->abi),
                                arena_printf(&arena, "%llu kB", (unsigned long long)(route->bytes + 999) / 1000),
                                arena_strndup(&arena, route->sha256, SHOWN_HASH) };

        listing_add(&listing, cells);
    }
    listing_print(&listing);
    arena_fini(&arena);
}

static void
print_package(const struct arguments *arguments, const struct service *service, const struct package *package)
{
    if (argument_is_set(arguments, "json")) {
        fwrite(package->manifest.p, 1, package->manifest.len, stdout);
        return;
    }
    printf("Packaged %s for stage %s: %s (%llu kB, %zu files)\n\n", service->name, service->stage, package->path,
           (unsigned long long)(package->bytes + 999) / 1000, package->file_count);
    if (package->function_count || !package->route_count)
        print_functions(package);
    if (package->function_count && package->route_count)
        printf("\n");
    if (package->route_count)
        print_routes(service, package);
}

static bool
make(const struct arguments *arguments, struct service_input *input)
{
    const char *target = argument(arguments, "target");
    const struct package_options options = { .dir = input->dir,
                                             .config = input->tree.path,
                                             .out_dir = argument(arguments, "package"),
                                             .is_for_lambda = target && strcmp(target, "lambda") == 0,
                                             .is_verbose = argument_is_set(arguments, "verbose") };
    struct package package;
    struct buf text;
    bool is_made;

    is_made = package_make(&package, input->service, &options, &input->problems);
    if (is_made) {
        print_package(arguments, input->service, &package);
    } else {
        buf_init(&text, MAX_REPORT);
        service_problems_text(&input->problems, PROBLEMS_ERRORS, &text);
        fwrite(text.p, 1, text.len, stderr);
        buf_fini(&text);
    }
    package_fini(&package);
    return is_made;
}

static int
run(const struct arguments *arguments)
{
    const char *target = argument(arguments, "target");
    struct service_input *input;
    int code;

    if (target && strcmp(target, "lambda") != 0)
        return usage_error(arguments->command, "--target knows lambda only.");
    input = mem_alloc(sizeof *input);
    if (service_input_open(input, arguments, PROBLEMS_ALL) && input->service && !make(arguments, input))
        input->code = EXIT_FAILED;
    code = input->code;
    service_input_close(input);
    free(input);
    return code;
}

const struct command command_package = {
    .name = "package",
    .summary = "Build functions and routes of a serverless.yml and pack them as deploy would",
    .details = "C sources named by a handler, and those in routes/, are compiled when they are newer than the shared "
               "object beside them. The same content gives the same bytes.",
    .options = { SERVICE_OPTIONS,
                 { "package", "DIR", "Where the package goes; default: .interlude" },
                 { "target", "lambda", "Refuse what AWS Lambda's C library cannot load" },
                 { "json", NULL, "Print the manifest" } },
    .letters = SERVICE_LETTERS "p--",
    .run = run,
};
