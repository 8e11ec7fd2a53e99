/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: what handlers give as Lambda-proxy result becomes an answer that HTTP allows, or none; and what a handler
 * of the other sort answers becomes valid JSON. The first byte is the kind of event, the rest the result.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/validate.h"
#include "runtime/lambda.h"
#include "runtime/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const kinds[] = { "v1", "v2", "1.0", "raw" };

/* Nothing in it may end a line or a header. */
static void
check_headers(const il_response *res)
{
    const char *at = res->heads.p ? res->heads.p : "", *end = at + res->heads.len;
    uint32_t count = 0;

    for (; at < end; count++) {
        const char *value = at + strlen(at) + 1;

        ASSERT(*at && !strpbrk(at, "\r\n: "));
        ASSERT(value < end && !strpbrk(value, "\r\n"));
        at = value + strlen(value) + 1;
    }
    ASSERT(at == end && count == res->header_count);
}

static void
check_back(const il_response *res)
{
    struct buf json;
    struct err err;

    buf_init(&json, 64 << 20);
    if (lambda_put_answer(&json, res))
        ASSERT(json_validate(buf_view(&json), 0, NULL, &err));
    buf_fini(&json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *kind = kinds[size ? data[0] % 4 : 0];
    char context[16] = "kind";
    struct il_response res;
    struct il_request req;
    char *text;

    if (size < 1)
        return 0;
    request_init(&req, &res);
    memcpy(context + 5, kind, strlen(kind) + 1);
    req.context = (struct str){ context, 5 + strlen(kind) + 1 };
    text = mem_strndup((const char *)data + 1, size - 1);
    if (lambda_respond(&res, text) == IL_OK) {
        ASSERT(res.status >= 100 && res.status <= 599 && !res.problem);
        check_headers(&res);
        check_back(&res);
    } else {
        ASSERT(res.status == 0 && res.header_count == 0 && res.problem);
    }
    free(text);
    request_done(&req, &res);
    request_fini(&req, &res);
    return 0;
}
