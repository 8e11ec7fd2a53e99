/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: no answer of an authorizer may crash us, and what functions are told of their callers is JSON. The first
 * line is a pattern for tokens too, matched against the rest.
 */
#include "function/authorizer.h"

#include "function/pattern.h"
#include "json/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct service_authorizer kinds[] = {
        { .kind = AUTHORIZER_TOKEN },
        { .kind = AUTHORIZER_REQUEST, .is_http_api = true },
        { .kind = AUTHORIZER_REQUEST, .is_http_api = true, .has_simple_responses = true },
    };
    struct str answer = { (const char *)data, size };
    const char *line = size ? memchr(data, '\n', size) : NULL;
    struct arena arena;
    struct err err;

    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct str context = { NULL, 0 };
        bool is_allowed = authorizer_judge(&arena, &kinds[i], answer, STR("arn:aws:execute-api:x"), &context, &err) ==
                          AUTHORIZER_ALLOWS;

        ASSERT(!is_allowed || (context.p && json_validate(context, 0, NULL, &err)));
    }
    if (line && (size_t)(line - answer.p) < PATTERN_MAX) {
        const char *pattern = arena_strndup(&arena, answer.p, (size_t)(line - answer.p));
        struct str token = { line + 1, size - (size_t)(line - answer.p) - 1 };

        if (token.len < 64 && pattern_is_in(pattern, token, &err))
            ASSERT(!err.text[0]);
    }
    arena_fini(&arena);
    return 0;
}
