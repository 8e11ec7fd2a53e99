/* SPDX-License-Identifier: MIT */
/* Requests and answers of functions as frames (request.h). */
#include "function/request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "function/rehearsal_internal.h"
#include "json/validate.h"
#include "queue/dispatch.h"

/* A head is 16 KiB at most, with parameters twice; an authorizer may add 64 KiB. */
enum { USUAL_HEADS = 2000, MAX_HEADS = 128 << 10, MAX_ANSWER_BODY = 10 << 20 };

/* Larger bodies travel as a sealed memfd: the runner reads what can no longer change. */
static int
body_to_memfd(struct str body)
{
    int fd = memfd_create("body", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    for (size_t done = 0; fd >= 0 && done < body.len;) {
        ssize_t n = write(fd, body.p + done, body.len - done);

        if (n < 0 && errno != EINTR) {
            close(fd);
            return -1;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    if (fd >= 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void
put_text(struct buf *buf, struct str text)
{
    buf_put(buf, text.p, text.len);
    buf_char(buf, '\0');
}

static void
put_number(struct buf *heads, struct str name, int64_t value)
{
    char text[STR_DECIMAL_MAX];

    event_pair_put(heads, name, str_decimal(value, text));
}

static void
put_if(struct buf *heads, struct str name, struct str value)
{
    if (value.len)
        event_pair_put(heads, name, value);
}

/* ---- a request that is here */

/* What an event says of a request beside its headers. */
static void
put_origin(struct buf *heads, struct http_request *request, const struct event_call *event)
{
    event_pair_put(heads, STR("source_ip"), str_of(http_request_peer(request)->address));
    put_number(heads, STR("port"), http_request_port(request));
    event_pair_put(heads, STR("scheme"), request->is_tls ? STR("https") : STR("http"));
    event_pair_put(heads, STR("protocol"), http_request_protocol(request));
    put_if(heads, STR("authorizer"), event->authorizer);
    put_if(heads, STR("api_key"), event->api_key);
    put_if(heads, STR("api_key_id"), event->api_key_id);
    put_if(heads, STR("client_context"), event->client_context);
}

static void
put_heads(struct buf *heads, struct http_request *request, const struct function_call *call, struct link_request *head)
{
    size_t count = http_header_count(request), before;

    put_text(heads, request->method_name);
    put_text(heads, request->raw_path);
    put_text(heads, request->query);
    head->method_len = (uint32_t)request->method_name.len;
    head->path_len = (uint32_t)request->raw_path.len;
    head->query_len = (uint32_t)request->query.len;
    before = heads->len;
    for (size_t i = 0; i < count; i++) {
        struct str name, value;

        http_header_sent_at(request, i, &name, &value);
        event_pair_put(heads, name, value);
    }
    buf_put(heads, call->event.params.p, call->event.params.len);
    head->header_count = (uint32_t)count;
    head->param_count = call->event.param_count;
    head->heads_len = (uint32_t)(heads->len - before);
    buf_put(heads, call->event.context.p, call->event.context.len);
    event_pair_put(heads, STR("request_id"), str_of(call->id));
    put_origin(heads, request, &call->event);
}

/* ---- a durable call, which is kept in the layout of the frame */

static const char *
skip_texts(const char *p, const char *end, size_t count)
{
    while (count-- && p < end)
        p += strlen(p) + 1;
    return p;
}

/* The request line; of an event that came without one, what stands for it. */
static void
put_line(struct buf *heads, struct str method, struct str path, struct str query, struct link_request *head)
{
    if (!path.len) {
        method = STR("POST");
        path = STR("/");
    }
    put_text(heads, method);
    put_text(heads, path);
    put_text(heads, query);
    head->method_len = (uint32_t)method.len;
    head->path_len = (uint32_t)path.len;
    head->query_len = (uint32_t)query.len;
}

/* What differs from attempt to attempt comes behind what was kept: headers, then context. */
static void
put_job_heads(struct buf *heads, const struct queue_job *job, const struct function_call *call,
              struct link_request *head)
{
    const char *method = job->request.heads.p, *path = method + strlen(method) + 1, *query = path + strlen(path) + 1;
    const char *first = query + strlen(query) + 1, *end = method + job->request.heads.len;
    const char *behind = skip_texts(first, end, 2 * (size_t)job->request.header_count);
    size_t before;

    put_line(heads, str_of(method), str_of(path), str_of(query), head);
    before = heads->len;
    buf_put(heads, first, (size_t)(behind - first));
    event_pair_put(heads, STR("X-Call-Id"), str_of(job->id));
    put_number(heads, STR("X-Start-Time"), job->created_ns);
    put_number(heads, STR("X-Retry"), job->attempt - 1);
    put_number(heads, STR("X-Retry-Max"), job->max_attempts - 1);
    head->header_count = job->request.header_count + 4;
    buf_put(heads, call->event.params.p, call->event.params.len);
    head->param_count = call->event.param_count;
    head->heads_len = (uint32_t)(heads->len - before);
    buf_put(heads, call->event.context.p, call->event.context.len);
    event_pair_put(heads, STR("request_id"), str_of(job->id));
    event_pair_put(heads, STR("call_id"), str_of(job->id));
    put_number(heads, STR("attempt"), job->attempt);
    put_number(heads, STR("max_attempts"), job->max_attempts);
    buf_put(heads, behind, (size_t)(end - behind));
}

/* ---- a rehearsal: as if somebody had called from this machine */

static void
put_rehearsal_heads(struct buf *heads, const struct function_call *call, struct link_request *head)
{
    const struct rehearsal_call *rehearsal = call->rehearsal;
    struct str body = str_of(rehearsal->body);
    size_t before;

    put_line(heads, str_of(rehearsal->method), str_of(rehearsal->path), str_of(rehearsal->query), head);
    before = heads->len;
    event_pair_put(heads, STR("User-Agent"), STR("interlude-smoke"));
    if (body.len)
        event_pair_put(heads, STR("Content-Type"),
                       json_validate(body, 0, NULL, NULL) ? STR("application/json") : STR("text/plain"));
    head->header_count = body.len ? 2 : 1;
    buf_put(heads, call->event.params.p, call->event.params.len);
    head->param_count = call->event.param_count;
    head->heads_len = (uint32_t)(heads->len - before);
    buf_put(heads, call->event.context.p, call->event.context.len);
    event_pair_put(heads, STR("request_id"), str_of(call->id));
    event_pair_put(heads, STR("source_ip"), STR("127.0.0.1"));
    event_pair_put(heads, STR("scheme"), STR("http"));
    event_pair_put(heads, STR("protocol"), STR("HTTP/1.1"));
}

/* ---- an event from inside */

static void
put_inner_heads(struct buf *heads, const struct function_call *call, struct link_request *head)
{
    put_line(heads, STR(""), STR(""), STR(""), head);
    buf_put(heads, call->event.context.p, call->event.context.len);
    event_pair_put(heads, STR("request_id"), str_of(call->id));
    put_if(heads, STR("client_context"), call->event.client_context);
}

uint32_t
function_request_keep(struct buf *heads, struct http_request *request, struct str path, const struct event_call *event,
                      bool (*is_kept)(struct str name))
{
    size_t count = http_header_count(request);
    uint32_t kept = 0;

    buf_reserve(heads, USUAL_HEADS);
    put_text(heads, request->method_name);
    put_text(heads, path);
    put_text(heads, request->query);
    for (size_t i = 0; i < count; i++) {
        struct str name, value;

        http_header_at(request, i, &name, &value);
        if (!is_kept(name))
            continue;
        http_header_sent_at(request, i, &name, &value);
        event_pair_put(heads, name, value);
        kept++;
    }
    put_origin(heads, request, event);
    return kept;
}

/* ---- the frame */

/* Puts the frame together: the head, the heads as they stand in `heads`, the body. */
static bool
put_request(struct link_out *out, const struct function_call *call, struct link_request *head, const struct buf *heads,
            struct str body)
{
    bool is_large = body.len > LINK_INLINE_BODY;
    struct link_frame frame = { .kind = LINK_CALL, .method = LINK_FUNCTION, .call = call->number, .slot = call->slot };
    struct str parts[3];
    int fd = -1;

    head->body_len = body.len;
    head->context_len =
        (uint32_t)(heads->len - head->method_len - head->path_len - head->query_len - 3 - head->heads_len);
    if (is_large) {
        frame.flags |= LINK_FD;
        fd = body_to_memfd(body);
    }
    parts[0] = (struct str){ (const char *)head, sizeof *head };
    parts[1] = buf_view(heads);
    parts[2] = is_large ? STR("") : body;
    if (!heads->over && (!is_large || fd >= 0))
        return link_out_put(out, &frame, parts, COUNT_OF(parts), fd);
    if (fd >= 0)
        close(fd);
    return false;
}

bool
function_request_put(struct link_out *out, const struct function_call *call)
{
    struct http_request *request = call->http ? http_call_request(call->http) : NULL;
    const struct event_call *event = &call->event;
    int64_t now_ms = clock_wall_ms();
    struct link_request head = { .base_len = event->base_len, .time_ms = now_ms };
    struct str body = { NULL, 0 };
    struct buf heads;
    bool is_put;

    if (event->timeout_ms)
        head.deadline_ms = now_ms + event->timeout_ms;
    buf_init(&heads, MAX_HEADS);
    buf_reserve(&heads, USUAL_HEADS);
    if (request) {
        put_heads(&heads, request, call, &head);
        body = request->body;
    } else if (call->job) {
        head.time_ms = call->job->created_ns / 1000000;
        put_job_heads(&heads, call->job, call, &head);
        body = call->job->request.body;
    } else if (call->rehearsal) {
        put_rehearsal_heads(&heads, call, &head);
        body = str_of(call->rehearsal->body);
    } else if (call->raw.p) {
        put_inner_heads(&heads, call, &head);
        body = call->raw;
    }
    is_put = heads.len && put_request(out, call, &head, &heads, body); /* nothing: the client has gone */
    buf_fini(&heads);
    return is_put;
}

/* The next NUL-terminated text in [*at, end). */
static bool
take_text(const char **at, const char *end, struct str *text)
{
    const char *nul = memchr(*at, '\0', (size_t)(end - *at));

    if (!nul)
        return false;
    *text = (struct str){ *at, (size_t)(nul - *at) };
    *at = nul + 1;
    return true;
}

static bool
read_body_fd(const struct link_received *received, uint64_t len, struct str *body, char **memory)
{
    enum { NEEDED = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };
    struct stat st;
    int seals = received->fd >= 0 ? fcntl(received->fd, F_GET_SEALS) : -1;

    if (seals < 0 || (seals & NEEDED) != NEEDED || len > MAX_ANSWER_BODY || fstat(received->fd, &st) != 0 ||
        (uint64_t)st.st_size != len)
        return false;
    *memory = mem_realloc(NULL, len ? len : 1);
    *body = (struct str){ *memory, len };
    return pread(received->fd, *memory, len, 0) == (ssize_t)len;
}

bool
function_answer_read(const struct link_received *received, struct http_response *response,
                     struct http_field fields[FUNCTION_MAX_FIELDS], char **body_memory, struct str *reason)
{
    const char *at = received->payload.p, *end = at + received->payload.len, *heads_end;
    struct link_answer head;

    *body_memory = NULL;
    *reason = STR("its answer is malformed");
    if (received->payload.len < sizeof head)
        return false;
    memcpy(&head, at, sizeof head);
    at += sizeof head;
    if (head.heads_len > (size_t)(end - at) || head.header_count > FUNCTION_MAX_FIELDS)
        return false;
    heads_end = at + head.heads_len;
    for (uint32_t i = 0; i < head.header_count; i++)
        if (!take_text(&at, heads_end, &fields[i].name) || !take_text(&at, heads_end, &fields[i].value))
            return false;
    response->fields = fields;
    response->field_count = head.header_count;
    response->status = head.http_status;
    if (received->head.flags & LINK_FD) {
        if (!read_body_fd(received, head.body_len, &response->body, body_memory))
            return false;
    } else if (head.body_len != (size_t)(end - heads_end)) {
        return false;
    } else {
        response->body = (struct str){ heads_end, (size_t)head.body_len };
    }
    if (head.http_status == 0)
        *reason = response->body;
    else if (head.http_status < 200)
        *reason = STR("its status is below 200, which answers nothing");
    return head.http_status >= 200 && head.http_status <= 599;
}
