/* SPDX-License-Identifier: MIT */
/* Reporting a module (probe.h). The shape is the contract with host/staging on the server's side. */
#include "runtime/probe.h"

#include <stdlib.h>
#include <unistd.h>

enum { REPORT_MAX = 16 << 20 };

static void
put_access(struct json_out *out, const il_access *access)
{
    json_name(out, "access");
    if (access->teams) {
        json_object(out);
        json_name(out, "teams");
        json_array(out);
        for (const char *const *team = access->teams; *team; team++)
            json_put_text(out, *team);
        json_array_end(out);
        json_object_end(out);
    } else {
        json_put_text(out, access->everyone ? "entire-organization" : NULL);
    }
}

static void
put_route(struct json_out *out, const il_route *route)
{
    static const char *const kinds[] = {
        [IL_KIND_ACTION] = "action", [IL_KIND_PAGE] = "page", [IL_KIND_FUNCTION] = "function"
    };
    bool is_function = route->kind == IL_KIND_FUNCTION;

    json_object(out);
    json_pair_text(out, "kind", kinds[route->kind]);
    json_pair_text(out, "slug", route->slug ? route->slug : "");
    json_pair_text(out, "symbol", route->symbol);
    json_pair_text(out, "name", route->name);
    json_pair_text(out, "description", route->description);
    json_pair_bool(out, "unlisted", route->unlisted);
    json_pair_bool(out, "backgroundable", route->backgroundable);
    json_pair_bool(out, "warnOnClose", !route->no_warn_on_close);
    json_pair_bool(out, "hasHandler", route->action || route->page || route->function);
    put_access(out, &route->access);
    json_pair_text(out, "method", is_function && !route->method ? "GET" : route->method);
    json_pair_text(out, "path", route->path);
    json_pair_bool(out, "cors", route->cors);
    json_pair_bool(out, "private", route->is_private);
    json_pair_int(out, "timeoutMs", route->timeout_ms);
    json_object_end(out);
}

void
probe_describe(struct json_out *out, const struct module *module)
{
    json_object(out);
    json_name(out, "abi");
    json_array(out);
    json_put_int(out, module->table.abi_major);
    json_put_int(out, module->table.abi_minor);
    json_array_end(out);
    json_name(out, "routes");
    json_array(out);
    for (size_t i = 0; i < module->table.n_routes; i++)
        put_route(out, &module->routes[i]);
    json_array_end(out);
    json_object_end(out);
}

static bool
write_all(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t len = write(fd, bytes.p, bytes.len);

        if (len <= 0)
            return false;
        bytes = (struct str){ bytes.p + len, bytes.len - (size_t)len };
    }
    return true;
}

int
probe_run(const char *path, int out_fd)
{
    struct json_out out;
    struct module module;
    struct buf text;
    struct err err;

    buf_init(&text, REPORT_MAX);
    json_out_init(&out, &text);
    if (module_open(path, &module, &err)) {
        probe_describe(&out, &module);
    } else {
        json_object(&out);
        json_pair_text(&out, "error", err.text);
        json_object_end(&out);
    }
    buf_char(&text, '\n');
    return !text.over && write_all(out_fd, buf_view(&text)) ? EXIT_SUCCESS : EXIT_FAILURE;
}
