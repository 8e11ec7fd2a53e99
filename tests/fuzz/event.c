/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: a request frame is refused or taken apart without a step beside it, and the event made of it is valid
 * JSON. The input is the payload of a LINK_FUNCTION frame; its head is put right so that most inputs get past it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/validate.h"
#include "runtime/event.h"
#include "runtime/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lengths that fit the texts behind the head: as many pairs as the bytes in front say, the rest is context and body. */
static void
mend(struct link_request *head, char *texts, size_t len)
{
    char *at = texts, *end = texts + len;
    uint32_t *lengths[] = { &head->method_len, &head->path_len, &head->query_len };
    size_t pairs = 2 * ((size_t)head->header_count + head->param_count);
    char *heads;

    for (size_t i = 0; i < 3; i++) {
        char *nul = memchr(at, '\0', (size_t)(end - at));

        if (!nul)
            return;
        *lengths[i] = (uint32_t)(nul - at);
        at = nul + 1;
    }
    heads = at;
    while (pairs-- && (at = memchr(at, '\0', (size_t)(end - at))))
        at++;
    if (!at)
        return;
    head->heads_len = (uint32_t)(at - heads);
    head->base_len = head->path_len ? head->base_len % (head->path_len + 1) : 0;
    head->context_len = (uint32_t)(end - at) / 2;
    if (head->context_len)
        at[head->context_len - 1] = '\0';
    head->body_len = (size_t)(end - at) - head->context_len;
}

static void
check_event(il_request *req)
{
    il_str json = event_json(req);
    bool is_raw = event_kind(req) == EVENT_RAW;
    struct err err;

    if (json.p && !is_raw && !request_context(req, "authorizer")) /* which the server has checked */
        ASSERT(json_validate((struct str){ json.p, json.len }, 0, NULL, &err));
    if (json.p)
        ASSERT(json.p[json.len] == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct link_request head = { 0 };
    struct il_response res;
    struct il_request req;
    struct err err;
    char *payload;

    if (size < 4)
        return 0;
    head.header_count = data[0] % 8;
    head.param_count = data[1] % 4;
    head.base_len = data[2];
    head.time_ms = (int64_t)data[3] << 32;
    data += 4;
    size -= 4;
    payload = mem_alloc(sizeof head + size + 1);
    memcpy(payload + sizeof head, data, size);
    mend(&head, payload + sizeof head, size);
    memcpy(payload, &head, sizeof head);
    request_init(&req, &res);
    if (request_parse(&req, (struct str){ payload, sizeof head + size }, -1, &err)) {
        ASSERT(call_info(&req)->trace_id && call_info(&req)->call_id);
        check_event(&req);
        request_query_at(&req, "a", 1);
    }
    request_done(&req, &res);
    request_fini(&req, &res);
    free(payload);
    return 0;
}
