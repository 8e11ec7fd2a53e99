/* SPDX-License-Identifier: MIT */
/* Calls of a service before it serves (rehearsal.h): from control to an http thread and back. */
#include "function/rehearsal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "function/rehearsal_internal.h"
#include "loop/control.h"

struct rehearsal {
    struct unpublished prepared;
    struct rehearsal_call *call; /* the one under way; NULL: none */
    char *places[2];             /* "/fn/shop/prod", and where it is mounted: "/p", "" */
};

struct rehearsal *
rehearsal_new(const struct live_service *live, struct version *const *versions, size_t version_count)
{
    struct rehearsal *rehearsal = mem_alloc(sizeof *rehearsal);
    const struct service *service = live->service;

    control_prepare_table(&rehearsal->prepared, live, versions, version_count);
    if (asprintf(&rehearsal->places[0], "/fn/%s/%s", service->name, service->stage) < 0)
        rehearsal->places[0] = mem_strdup("");
    if (service->mount) {
        size_t len = strlen(service->mount);

        rehearsal->places[1] = mem_strndup(service->mount, len - (len && service->mount[len - 1] == '/'));
    }
    return rehearsal;
}

/* ---- the end of a call: control */

static void
free_call(struct rehearsal_call *call)
{
    function_table_put(call->table);
    free(call->method);
    free(call->path);
    free(call->query);
    free(call->body);
    free(call);
}

/* Its object stays until the http thread has given it back. */
static void
tell(struct rehearsal_call *call, unsigned status, const char *text)
{
    const struct endpoint *endpoint = call->found.endpoint;

    if (!call->of)
        return;
    ev_timer_stop(control_loop(), &call->limit);
    call->of->call = NULL;
    call->of = NULL;
    call->answered(call->arg, &(struct rehearsal_answer){ status, endpoint ? endpoint->function->key : NULL, text,
                                                          call->is_lost });
}

static void
on_back(struct message *message)
{
    struct rehearsal_call *call = container_of(message, struct rehearsal_call, message);

    tell(call, call->status, call->text);
    free_call(call);
}

static void
on_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct rehearsal_call *call = timer->data;
    char text[64];

    (void)loop, (void)events;
    snprintf(text, sizeof text, "no answer came within %g s", (double)call->found.endpoint->limit_ms / 1000);
    tell(call, 0, text);
}

/* ---- http thread */

/* Only what can be shown in a sentence. */
static void
keep_text(struct rehearsal_call *call, struct str text)
{
    if (text.len > REHEARSAL_TEXT)
        text.len = REHEARSAL_TEXT;
    while (text.len && ((unsigned char)text.p[text.len - 1] & 0xc0) == 0x80 && !str_is_utf8(text))
        text.len--;
    if (text.len && !str_is_utf8(text)) /* cut in the middle of a character, or binary */
        text.len--;
    if (str_is_utf8(text) && !memchr(text.p ? text.p : "", '\0', text.len))
        snprintf(call->text, sizeof call->text, "%.*s", STR_ARG(text));
}

static void
on_done(void *arg, const struct http_response *response, const char *error)
{
    struct rehearsal_call *call = arg;

    call->status = response->status;
    call->is_lost = error != NULL;
    keep_text(call, error ? str_of(error) : response->body);
    control_post(&call->message, on_back);
}

static void
begin(struct message *message)
{
    struct rehearsal_call *rehearsal = container_of(message, struct rehearsal_call, message);
    struct function_call *call = function_call_new(rehearsal->table, rehearsal->found.endpoint, &rehearsal->found);

    memcpy(call->id, uuid_format(uuid_v4()).s, sizeof(struct uuid_text));
    call->rehearsal = rehearsal;
    call->done = on_done;
    call->done_arg = rehearsal;
    function_call_start(call);
}

/* ---- the beginning: control */

static void
find(struct rehearsal_call *call, const char *place, struct str path)
{
    free(call->path);
    if (asprintf(&call->path, "%s%.*s", place, STR_ARG(path)) < 0)
        call->path = mem_strdup("");
    endpoint_find(call->table, str_of(call->path), http_method_of(str_of(call->method)), &call->found);
}

void
rehearsal_call(struct rehearsal *rehearsal, const struct rehearsal_request *request, rehearsal_answered *answered,
               void *arg)
{
    struct rehearsal_call *call = rehearsal->call = mem_alloc(sizeof *call);
    size_t path_len = strcspn(request->path, "?");
    const char *query = request->path[path_len] ? request->path + path_len + 1 : "";

    *call = (struct rehearsal_call){ .of = rehearsal, .answered = answered, .arg = arg };
    call->table = rehearsal->prepared.table;
    atomic_fetch_add_explicit(&call->table->refs, 1, memory_order_relaxed);
    call->method = mem_strdup(request->method);
    call->query = mem_strdup(query);
    call->body = mem_strdup(request->body ? request->body : "");
    for (size_t i = 0; i < COUNT_OF(rehearsal->places) && rehearsal->places[i] && !call->found.endpoint; i++)
        find(call, rehearsal->places[i], (struct str){ request->path, path_len });
    call->found.is_async = false; /* it is to be seen whether it works, not whether it is kept */
    ev_timer_init(&call->limit, on_limit, 0, 0);
    call->limit.data = call;
    if (!call->found.endpoint) {
        const struct endpoint *preflight = call->found.preflight;

        call->status = !preflight ? 404 : preflight->answers_as_v2 ? 204 : 200;
        control_post(&call->message, on_back);
        return;
    }
    ev_timer_set(&call->limit, (double)call->found.endpoint->limit_ms / 1000, 0);
    ev_timer_start(control_loop(), &call->limit);
    http_thread_post(function_seats[0].thread, &call->message, begin);
}

void
rehearsal_free(struct rehearsal *rehearsal)
{
    struct rehearsal_call *call = rehearsal->call;

    if (call) {
        ev_timer_stop(control_loop(), &call->limit);
        call->of = NULL;
    }
    control_drop_table(&rehearsal->prepared);
    free(rehearsal->places[0]);
    free(rehearsal->places[1]);
    free(rehearsal);
}
