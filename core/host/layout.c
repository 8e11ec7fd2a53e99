/* SPDX-License-Identifier: MIT */
/* Layouts of our own (layout.h). */
#include "host/layout.h"

#include "json/write.h"

void
layout_put_error(struct buf *out, const char *error, const char *message)
{
    struct json_out json;

    json_out_init(&json, out);
    json_object(&json);
    json_pair_text(&json, "kind", "BASIC");
    json_name(&json, "errors");
    json_array(&json);
    json_object(&json);
    json_pair_text(&json, "error", error);
    json_pair_text(&json, "message", message);
    json_object_end(&json);
    json_array_end(&json);
    json_object_end(&json);
}
