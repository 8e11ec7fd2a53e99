/* SPDX-License-Identifier: MIT */
/* Context of a call for its runner (event.h). */
#include "function/event.h"

void
event_pair_put(struct buf *block, struct str name, struct str value)
{
    char *p;

    if (!buf_reserve(block, name.len + value.len + 2)) /* once, as this is done for every header of every call */
        return;
    p = mempcpy(block->p + block->len, name.p, name.len);
    *p++ = '\0';
    if (value.len)
        p = mempcpy(p, value.p, value.len);
    *p++ = '\0';
    block->len = (size_t)(p - block->p);
}

static void
put_text(struct buf *block, struct str name, const char *value)
{
    if (value)
        event_pair_put(block, name, str_of(value));
}

void
event_context_put(struct buf *block, const struct event_source *source)
{
    static const char *const kinds[] = {
        [EVENT_V2] = "v2", [EVENT_V1] = "v1", [EVENT_V1_NAMED] = "1.0", [EVENT_RAW] = "raw"
    };

    put_text(block, STR("kind"), kinds[source->kind]);
    put_text(block, STR("method"), source->method);
    put_text(block, STR("resource"), source->path);
    put_text(block, STR("stage"), source->stage);
    put_text(block, STR("account"), source->account);
    put_text(block, STR("api_id"), source->api_id);
    put_text(block, STR("region"), source->region);
    put_text(block, STR("function_name"), source->function_name);
    put_text(block, STR("function_version"), source->function_version);
    put_text(block, STR("binary_types"), source->binary_types);
    if (source->memory_mb) {
        buf_str(block, "memory_mb");
        buf_char(block, '\0');
        buf_printf(block, "%u", source->memory_mb);
        buf_char(block, '\0');
    }
}
