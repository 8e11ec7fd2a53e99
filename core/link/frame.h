/* SPDX-License-Identifier: MIT */
/*
 * The frames between the server and a runner, as bytes on an AF_UNIX stream.
 * Owns the layout and the list of methods; reading and writing them is link/stream.h.
 *
 * A runner has one control stream (actions, pages: RPC), which starts with a HELLO from the runner, and one function
 * stream per http thread that calls it. Integers are in host byte order: both ends run on one machine and come from one
 * build; LINK_VERSION is checked in HELLO all the same, because a runner may outlive its server.
 */
#ifndef LINK_FRAME_H
#define LINK_FRAME_H

#include <stdint.h>

#define LINK_VERSION 1u
/* One frame, head included. Larger function bodies travel as sealed memfd (LINK_FD). */
#define LINK_MAX_FRAME (32u << 20)
#define LINK_INLINE_BODY (64u << 10)
#define LINK_MAX_HEADERS 101 /* of an answer: 100 and its content-type */

/* What runs on the stream: a transaction or a page, named by its UUID; all zero where none is meant. */
struct link_subject {
    uint8_t bytes[16];
};

enum link_kind {
    LINK_CALL = 1, /* wants a RESPONSE with the same `call` unless LINK_ONEWAY is set */
    LINK_RESPONSE, /* answers `call`; `status` says how; repeats method, slot, subject and group (link_answer_head) */
};

/*
 * Methods, with the direction and the payload. Names are those of the host protocol (host-protocol.md 2) where one
 * exists. R>S runner to server, S>R server to runner. JSON = one valid JSON text, no trailing NUL. What the server
 * sends is always ONEWAY, except FUNCTION and HEALTH.
 */
enum link_method {
    /*
     * R>S JSON {version, pid, instance, module, error?: why .load refused, resumed?: open runs after re-attach}; first
     * frame on the control stream, ONEWAY; function streams have none
     */
    LINK_HELLO = 1,
    LINK_START_TRANSACTION, /* S>R JSON, START_TRANSACTION inputs (2.2); subject = transaction */
    LINK_IO_RESPONSE,       /* S>R JSON, IoResponse (4.3); subject = transaction or page; group = inputGroupKey */
    LINK_CLOSE_TRANSACTION, /* S>R empty */
    LINK_OPEN_PAGE,         /* S>R JSON, OPEN_PAGE inputs; subject = page key */
    LINK_CLOSE_PAGE,        /* S>R empty */
    /* S>R empty: take nothing new, leave when nothing runs and all streams have ended; status 1: leave now */
    LINK_DRAIN,
    /* R>S JSON, IoCall (2.1); group = inputGroupKey; LINK_INTERACTIVE when an item waits for input */
    LINK_SEND_IO_CALL,
    LINK_SEND_PAGE,         /* R>S JSON, layout (4.7); empty = the handler returned nothing */
    LINK_SEND_LOADING_CALL, /* R>S JSON, LoadingState; ONEWAY */
    /* R>S JSON {data, index, timestamp}; ONEWAY, resent after re-attach, de-duplicated by index */
    LINK_SEND_LOG,
    LINK_SEND_REDIRECT,   /* R>S JSON, Link + replace */
    LINK_COMPLETE,        /* R>S JSON, result text (4.5); MARK_TRANSACTION_COMPLETE; status = enum link_result */
    LINK_PARKED,          /* R>S empty, ONEWAY: nothing runs in this runner now (it may be ended when idle) */
    LINK_FUNCTION,        /* S>R struct link_request head + parts; on function streams only; call = request id */
    LINK_FUNCTION_ANSWER, /* R>S struct link_answer head + parts; kind RESPONSE, same call */
    LINK_NOTIFY,          /* R>S JSON, NOTIFY (2.1) */
    LINK_CANCEL, /* S>R empty, ONEWAY; on function streams: `call` is that of a FUNCTION nobody waits for any more */
    /*
     * S>R empty: answered when .load is done and every .health said so too; REFUSED with the sentence of the first that
     * did not. status 1: only .load
     */
    LINK_HEALTH,
};

enum link_flags {
    LINK_ONEWAY = 1,      /* no RESPONSE wanted */
    LINK_INTERACTIVE = 2, /* SEND_IO_CALL: at least one item is not DISPLAY_ */
    LINK_FD = 4,          /* one descriptor rides with this frame (SCM_RIGHTS): a sealed memfd with the body */
    LINK_RESENT = 8,      /* a repetition after re-attach */
};

enum link_result { LINK_SUCCESS = 0, LINK_FAILURE = 1, LINK_CANCELED = 2 };

/* RESPONSE status: LINK_OK, or refused; a refused RESPONSE may carry a UTF-8 sentence as payload. */
enum link_status { LINK_OK = 0, LINK_REFUSED = 1 };

struct link_frame {
    uint32_t len;   /* of head and payload together */
    uint8_t kind;   /* enum link_kind */
    uint8_t method; /* enum link_method; repeated in the RESPONSE */
    uint8_t flags;  /* enum link_flags */
    uint8_t status; /* enum link_status or link_result */
    uint32_t call;  /* id chosen by the caller, per stream, from 1 */
    uint32_t slot;  /* FUNCTION: index of the route in the module; START_TRANSACTION, OPEN_PAGE: the same */
    struct link_subject subject;
    struct link_subject group;
};
_Static_assert(sizeof(struct link_frame) == 48, "the frame head is part of the link version");

/*
 * FUNCTION payload: this head, then the parts in order, each NUL-terminated so that the handler can use them in place:
 * method, path as sent, query, then header_count pairs (name as sent, value), then param_count pairs (name, value
 * decoded), then the context: context_len bytes of pairs, then the body (not terminated) unless LINK_FD carries it.
 *
 * Keys of the context, each at most once; those of an endpoint are formatted once and copied into every frame:
 * kind (v2, v1, 1.0: v1 with its version, raw: the body is the event), method and resource (as declared; no resource:
 * $default), stage, account, api_id, region, function_name, function_version, memory_mb, binary_types (comma list);
 * those of a call: request_id, source_ip, port (the server's), scheme, protocol, authorizer (JSON), api_key,
 * api_key_id, client_context (JSON), call_id, attempt, max_attempts.
 */
struct link_request {
    uint64_t body_len;
    int64_t time_ms, deadline_ms;             /* when the request came, when the call is given up; Unix, 0: none */
    uint32_t method_len, path_len, query_len; /* without the NUL */
    uint32_t base_len;                        /* of the path: what stands before the function's own: "/fn/shop/dev" */
    uint32_t header_count, param_count;
    uint32_t heads_len;   /* bytes of all header and param pairs, NULs included */
    uint32_t context_len; /* bytes of all context pairs, NULs included */
};

/*
 * FUNCTION_ANSWER payload: this head, header_count pairs (name, value, NUL-terminated), then the body unless LINK_FD.
 * Status LINK_REFUSED: the answer is not the handler's, its event would have been too large (413).
 */
struct link_answer {
    uint64_t body_len;
    uint32_t http_status; /* 0: the handler failed; the server answers 502 and logs `body` as the reason */
    uint32_t header_count;
    uint32_t heads_len;
    uint32_t reserved;
};

#endif
