/* SPDX-License-Identifier: MIT */
/* Calls of hosts that wait for their answer: each gets exactly one, in time, and never null (host-protocol.md 8 P4). */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "json/write.h"
#include "rpc/host_internal.h"

enum { MAX_REASON = 4096 };

struct host_call
host_call_of(struct sdk_conn *conn, const struct peer_call *call, struct host_run *run)
{
    static uint32_t last; /* never one of another connection's: a late answer must not find the wrong call */
    struct host_answer *answer = mem_alloc(sizeof *answer);

    answer->call = *call;
    answer->run = run;
    answer->id = ++last ? last : ++last;
    answer->deadline = clock_mono_ms() + HOST_ANSWER_MS;
    list_add_tail(&conn->answers, &answer->link);
    return (struct host_call){ .run = run, .id = answer->id };
}

/* {"type":"ERROR","message"} of SEND_IO_CALL, where it is understood. */
void
host_refuse(const struct peer_call *call, const struct sdk_profile *profile, struct str reason)
{
    struct json_out json;
    struct buf text;

    if (strcmp(call->method, "SEND_IO_CALL") != 0 || !profile->has_io_error_object) {
        peer_respond_bool(call, false);
        return;
    }
    buf_init(&text, MAX_REASON * 8);
    json_out_init(&json, &text);
    json_object(&json);
    json_pair_text(&json, "type", "ERROR");
    json_pair_str(&json, "message",
                  reason.len && reason.len <= MAX_REASON ? reason : STR("The server did not accept this call."));
    json_object_end(&json);
    peer_respond(call, buf_view(&text));
    buf_fini(&text);
}

static void
answer_free(struct host_answer *answer)
{
    list_remove(&answer->link);
    free(answer);
}

static void
refuse(struct sdk_conn *conn, struct host_answer *answer, struct str reason)
{
    struct peer_call call = answer->call;

    answer_free(answer);
    host_refuse(&call, &conn->host->profile, reason);
}

static void
accept(struct host_answer *answer)
{
    bool is_completion = strcmp(answer->call.method, "MARK_TRANSACTION_COMPLETE") == 0;
    struct host_run *run = answer->run;

    peer_respond_bool(&answer->call, true);
    answer_free(answer);
    if (is_completion)
        sdk_run_completed(run);
}

void
host_answer(struct host_call call, bool accepted, struct str reason)
{
    struct sdk_conn *conn = sdk_host_of(call.run->host)->conn;

    if (!conn) /* lost since; the host asks again when it is back */
        return;
    LIST_EACH(&conn->answers, node)
    {
        struct host_answer *answer = LIST_ENTRY(node, struct host_answer, link);

        if (answer->id != call.id)
            continue;
        if (accepted) {
            accept(answer);
        } else {
            refuse(conn, answer, reason);
        }
        return;
    }
}

void
host_answers_expire(struct sdk_conn *conn, int64_t now)
{
    LIST_EACH(&conn->answers, node)
    {
        struct host_answer *answer = LIST_ENTRY(node, struct host_answer, link);

        if (now < answer->deadline)
            break;
        log_warn("host", "%s of %s could not be answered in time", answer->call.method, conn->host->instance_id);
        refuse(conn, answer, STR("The server is too busy. Is its disk slow?"));
    }
}

void
host_answers_drop(struct sdk_conn *conn, const struct host_run *run)
{
    LIST_EACH(&conn->answers, node)
    {
        struct host_answer *answer = LIST_ENTRY(node, struct host_answer, link);

        if (!run)
            answer_free(answer);
        else if (answer->run == run)
            refuse(conn, answer, STR("The run is over."));
    }
}
