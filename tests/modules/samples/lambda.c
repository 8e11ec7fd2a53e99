/* SPDX-License-Identifier: MIT */
/* Everything that functions have since 1.2, in one file. */
#include <interlude.h>
#include <inttypes.h>
#include <stdio.h>

static il_status
handler(il_request *req, il_response *res)
{
    il_str event = il_event_json(req);
    const char *context = il_client_context(req), *second = il_header_at(req, "x-forwarded-for", 1);
    const il_call_info *call = il_call(req);

    if (!event.p || il_request_canceled(req))
        return IL_FAILED;
    printf("%s %s of %s (%s), log %s/%s, trace %s\n", il_aws_request_id(req), il_function_name(req),
           il_function_version(req), il_invoked_function_arn(req), il_log_group_name(req), il_log_stream_name(req),
           il_trace_id(req));
    printf("%s: attempt %" PRIu32 " of %" PRIu32 ", %" PRIu32 " MB, until %" PRId64 ", %" PRId64 " ms left, %s, %s\n",
           il_call_id(req), il_attempt(req), il_max_attempts(req), il_memory_limit_mb(req), il_deadline_ms(req),
           il_remaining_ms(req), context ? context : "",
           call->stage == il_stage(req) ? second : il_query_at(req, "a", 1));
    return il_respond_lambda(res, il_rfmt(req, "{\"statusCode\":200,\"body\":\"%zu bytes\"}", event.len));
}
IL_FUNCTION(handler, .method = "ANY", .path = "sample/{id}");
