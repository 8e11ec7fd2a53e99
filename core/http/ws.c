/* SPDX-License-Identifier: MIT */
/* WebSocket connections: handshake, life, and what other threads ask of them (ws.h). */
#include "http/ws.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <strings.h>

#include "base/mem.h"
#include "http/ws_internal.h"

enum { KEY_LEN = 24, ACCEPT_LEN = 28 };

/* RFC 6455 4.2.1 */
bool
ws_check(struct http_request *request)
{
    static const struct http_field version_field = HTTP_FIELD("sec-websocket-version", "13");
    h2o_iovec_t upgrade = request->h2o->upgrade; /* only there when Connection names it */
    struct str key = http_header(request, "sec-websocket-key");
    unsigned char decoded[KEY_LEN];

    if (request->method != HTTP_GET) {
        http_problem(request, 405, "A WebSocket handshake is a GET request.");
    } else if (upgrade.len != 9 || strncasecmp(upgrade.base, "websocket", 9) != 0) {
        http_respond(request,
                     &(struct http_response){ .status = 426,
                                              .fields = &(struct http_field){ STR("upgrade"), STR("websocket") },
                                              .field_count = 1,
                                              .is_own = true });
    } else if (!str_is(http_header(request, "sec-websocket-version"), "13")) {
        http_respond(request, &(struct http_response){
                                  .status = 426, .fields = &version_field, .field_count = 1, .is_own = true });
    } else if (request->h2o->version < 0x101 || request->body.len || key.len != KEY_LEN || key.p[22] != '=' ||
               EVP_DecodeBlock(decoded, (const unsigned char *)key.p, KEY_LEN) != 18) {
        http_problem(request, 400, "The WebSocket handshake is malformed.");
    } else {
        return true;
    }
    return false;
}

/* RFC 6455 4.2.2: base64 of the SHA-1 of key and GUID */
static void
accept_key(char text[ACCEPT_LEN + 1], struct str key)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char source[KEY_LEN + sizeof guid - 1], digest[SHA_DIGEST_LENGTH];

    memcpy(source, key.p, KEY_LEN);
    memcpy(source + KEY_LEN, guid, sizeof guid - 1);
    SHA1(source, sizeof source, digest);
    EVP_EncodeBlock((unsigned char *)text, digest, sizeof digest);
}

struct ws *
ws_new(struct http_thread *thread, const struct ws_handler *handler, void *arg, size_t max_message_bytes)
{
    struct ws *ws = mem_alloc(sizeof *ws);

    atomic_init(&ws->refs, 2);
    ws->thread = thread;
    ws->handler = handler;
    ws->arg = arg;
    ws->close_code = 1006;
    ws->ping_at = ws->drain_at = ws->close_at = INT64_MAX;
    list_init(&ws->turn.link);
    buf_init(&ws->waiting, SIZE_MAX);
    buf_init(&ws->flying, SIZE_MAX);
    ASSERT(wslay_event_context_server_init(&ws->wslay, &ws_wslay_callbacks, ws) == 0);
    wslay_event_config_set_max_recv_msg_length(ws->wslay, max_message_bytes);
    return ws;
}

struct ws *
ws_get(struct ws *ws)
{
    atomic_fetch_add_explicit(&ws->refs, 1, memory_order_relaxed);
    return ws;
}

void
ws_put(struct ws *ws)
{
    if (atomic_fetch_sub_explicit(&ws->refs, 1, memory_order_acq_rel) != 1)
        return;
    wslay_event_context_free(ws->wslay);
    buf_fini(&ws->waiting);
    buf_fini(&ws->flying);
    free(ws);
}

static void
on_upgraded(void *arg, h2o_socket_t *sock, size_t request_size)
{
    struct ws *ws = arg;

    if (!sock) {
        ws->conn = NULL;
        ws_end(ws, 1006);
        return;
    }
    h2o_buffer_consume(&sock->input, request_size);
    if (ws->conn->stash) /* frames sent without waiting for the answer; if they are lost, so is the connection */
        (void)gate_unstash(ws->conn, ws->conn->stash_len - ws->conn->stash_at);
    ws_open(ws, sock);
}

void
ws_upgrade(struct ws *ws, struct http_request *request)
{
    h2o_req_t *h2o;
    char *accept;

    if (!request) {
        ws_end(ws, 1006);
        return;
    }
    h2o = request->h2o;
    accept = http_request_alloc(request, ACCEPT_LEN + 1);
    accept_key(accept, http_header(request, "sec-websocket-key"));
    h2o->res.status = 101;
    h2o->res.reason = "Switching Protocols";
    h2o_add_header(&h2o->pool, &h2o->res.headers, H2O_TOKEN_UPGRADE, NULL, H2O_STRLIT("websocket"));
    h2o_add_header_by_str(&h2o->pool, &h2o->res.headers, H2O_STRLIT("sec-websocket-accept"), 0, NULL, accept,
                          ACCEPT_LEN);
    request->is_answered = true;
    ws->conn = request->conn;
    gate_answer(request->conn);
    conn_enter(request->conn, PHASE_ANSWER, ws_limits(ws)->write_ms);
    h2o_http1_upgrade(h2o, NULL, 0, on_upgraded, ws);
}

struct ws *
ws_accept(struct http_request *request, const struct ws_handler *handler, void *arg, size_t max_message_bytes)
{
    struct ws *ws = ws_new(http_request_thread(request), handler, arg, max_message_bytes);

    ws_upgrade(ws, request);
    return ws;
}

size_t
ws_queued_bytes(const struct ws *ws)
{
    return atomic_load_explicit(&ws->posted_bytes, memory_order_relaxed) +
           atomic_load_explicit(&ws->queued_bytes, memory_order_relaxed);
}

/* What one thread asks of a connection that lives on another. */
struct command {
    struct message message;
    enum { COMMAND_SEND, COMMAND_CLOSE, COMMAND_PAUSE, COMMAND_RESUME } kind;
    struct ws *ws;
    unsigned code;
    size_t len;
    char text[];
};

static void
carry_out(struct ws *ws, const struct command *command)
{
    struct str text = { command->text, command->len };

    switch (command->kind) {
    case COMMAND_SEND:
        ws_put_frame(ws, WS_TEXT, text);
        break;
    case COMMAND_CLOSE:
        ws_start_close(ws, command->code, text);
        break;
    case COMMAND_PAUSE:
    case COMMAND_RESUME:
        ws->pauses += command->kind == COMMAND_PAUSE ? 1 : -1;
        break;
    }
    http_turn_add(ws->thread, &ws->turn);
}

static void
on_command(struct message *message)
{
    struct command *command = container_of(message, struct command, message);

    atomic_fetch_sub_explicit(&command->ws->posted_bytes, command->len, memory_order_relaxed);
    if (!command->ws->is_over)
        carry_out(command->ws, command);
    ws_put(command->ws);
    free(command);
}

static struct command *
command_new(struct ws *ws, const struct command *header, struct str text)
{
    struct command *command = mem_alloc(sizeof *command + text.len);

    *command = *header;
    command->ws = ws_get(ws);
    command->len = text.len;
    if (text.len)
        memcpy(command->text, text.p, text.len);
    atomic_fetch_add_explicit(&ws->posted_bytes, text.len, memory_order_relaxed);
    return command;
}

static void
post(struct ws *ws, const struct command *header, struct str text)
{
    inbox_post(&ws->thread->inbox, &command_new(ws, header, text)->message, on_command);
}

static bool
send_text(struct ws *ws, struct str text, bool is_urgent)
{
    if (atomic_load_explicit(&ws->is_closing, memory_order_relaxed))
        return false;
    if (http_thread_current() == ws->thread) {
        ws_put_frame(ws, WS_TEXT, text);
        http_turn_add(ws->thread, &ws->turn);
        return true;
    }
    if (ws_queued_bytes(ws) > ws_limits(ws)->ws_hard_bytes) { /* one message may be larger, but is the last one then */
        atomic_store_explicit(&ws->is_closing, true, memory_order_relaxed);
        post(ws, &(struct command){ .kind = COMMAND_CLOSE, .code = 1013 }, STR(""));
        return false;
    }
    if (is_urgent)
        post(ws, &(struct command){ .kind = COMMAND_SEND }, text);
    else
        inbox_post_quietly(&ws->thread->inbox,
                           &command_new(ws, &(struct command){ .kind = COMMAND_SEND }, text)->message, on_command);
    return true;
}

bool
ws_send_text(struct ws *ws, struct str text)
{
    return send_text(ws, text, true);
}

bool
ws_send_text_quietly(struct ws *ws, struct str text)
{
    return send_text(ws, text, false);
}

void
ws_nudge(struct ws *ws)
{
    inbox_nudge(&ws->thread->inbox);
}

void
ws_close(struct ws *ws, unsigned code, const char *reason)
{
    struct str text = str_of(reason);

    if (text.len > WS_MAX_REASON)
        text.len = 0;
    if (http_thread_current() != ws->thread) {
        post(ws, &(struct command){ .kind = COMMAND_CLOSE, .code = code }, text);
        return;
    }
    ws_start_close(ws, code, text);
    http_turn_add(ws->thread, &ws->turn);
}

static void
set_paused(struct ws *ws, bool is_paused)
{
    if (http_thread_current() == ws->thread) {
        ws->pauses += is_paused ? 1 : -1;
        http_turn_add(ws->thread, &ws->turn);
        return;
    }
    post(ws, &(struct command){ .kind = is_paused ? COMMAND_PAUSE : COMMAND_RESUME }, STR(""));
}

void
ws_pause(struct ws *ws)
{
    set_paused(ws, true);
}

void
ws_resume(struct ws *ws)
{
    set_paused(ws, false);
}
