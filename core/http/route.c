/* SPDX-License-Identifier: MIT */
/* The route table (route.h). */
#include "http/route.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/response.h"

void
http_route_add(struct http_route_table *table, const struct http_route *route)
{
    size_t len = strlen(route->path), at = table->count++;

    table->routes = mem_realloc(table->routes, table->count * sizeof *table->routes);
    for (; at > 0 && table->routes[at - 1].path_len < len; at--)
        table->routes[at] = table->routes[at - 1];
    table->routes[at] = *route;
    table->routes[at].path_len = len;
}

void
http_route_fini(struct http_route_table *table)
{
    free(table->routes);
    *table = (struct http_route_table){ 0 };
}

static bool
is_match(const struct http_route *route, const struct http_request *request)
{
    struct str path = { route->path, route->path_len };

    if (route->listener != request->listener)
        return false;
    return path.p[path.len - 1] == '/' ? str_starts(request->path, path) : str_eq(request->path, path);
}

static bool
is_allowed(unsigned methods, enum http_method method)
{
    return methods == 0 || (methods & method) || (method == HTTP_HEAD && (methods & HTTP_GET));
}

static size_t
allow_text(char *text, size_t size, unsigned methods)
{
    static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" };
    size_t len = 0;

    methods |= HTTP_OPTIONS | (methods & HTTP_GET ? HTTP_HEAD : 0u);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t name_len = strlen(names[i]), comma_len = len ? 2 : 0;

        if (!(methods & 1u << i) || len + comma_len + name_len > size)
            continue;
        memcpy(text + len, ", ", comma_len);
        memcpy(text + len + comma_len, names[i], name_len);
        len += comma_len + name_len;
    }
    return len;
}

static void
answer_other_method(struct http_request *request, unsigned methods)
{
    bool is_options = request->method == HTTP_OPTIONS;
    char text[64], problem[256];
    struct http_field allow = { STR("allow"), { text, allow_text(text, sizeof text, methods) } };
    struct http_response response = { .status = 204, .fields = &allow, .field_count = 1, .is_own = true };

    if (!is_options) {
        response.status = 405;
        response.content_type = STR("application/problem+json");
        response.body.p = problem;
        response.body.len = http_problem_text(problem, sizeof problem, 405, "This path does not know that method.");
    }
    http_respond(request, &response);
}

void
http_route_dispatch(const struct http_route_table *table, struct http_request *request)
{
    unsigned others = 0;
    bool is_known = false;

    for (size_t i = 0; i < table->count; i++) {
        const struct http_route *route = &table->routes[i];

        if (!is_match(route, request))
            continue;
        if (is_allowed(route->methods, request->method)) {
            route->handler(request, route->arg);
            return;
        }
        is_known = true;
        others |= route->methods;
    }
    if (is_known)
        answer_other_method(request, others);
    else if (str_is(request->path, "*"))
        answer_other_method(request, HTTP_GET | HTTP_POST | HTTP_PUT | HTTP_PATCH | HTTP_DELETE);
    else if (table->fallback && request->listener == 0)
        table->fallback(request, table->fallback_arg);
    else
        http_problem(request, 404, "There is nothing at this path.");
}
