/* SPDX-License-Identifier: MIT */
/* libFuzzer: whatever a probe says of a module, it is refused in words or makes routes with valid slugs, each once. */
#include "host/version.h"

#include <stdlib.h>

#include "json/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct version *version)
{
    struct json_out json;
    struct buf text;
    struct err err;

    ASSERT(version->route_count > 0 && version->route_count <= VERSION_MAX_ROUTES);
    for (size_t i = 0; i < version->route_count; i++) {
        ASSERT(slug_is_valid(str_of(version->routes[i].slug)) && version->routes[i].name);
        buf_init(&text, 1 << 20);
        json_out_init(&json, &text);
        route_to_json(&version->routes[i], version->file, &json);
        ASSERT(json_validate(buf_view(&text), 0, NULL, &err));
        buf_fini(&text);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const files[] = { "a.so", "users/index.so", "users/edit.c", "x y.so" };
    struct str descriptor = { (const char *)data + 1, size - 1 };
    struct version *version;
    struct err err = { "" };

    if (size == 0)
        return 0;
    version = version_new(files[data[0] % 4], files[data[0] % 4], "/nowhere.so", "00", descriptor, NULL, &err);
    if (version) {
        check(version);
        version_put(version);
    }
    return 0;
}
