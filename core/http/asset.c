/* SPDX-License-Identifier: MIT */
/* Serving embedded files (asset.h). */
#include "http/asset.h"

#include "base/mem.h"
#include "http/coding.h"
#include "http/response.h"

const struct http_asset *
http_asset_find(const struct http_asset *assets, size_t count, struct str path)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct str other = str_of(assets[middle].path);
        int order = memcmp(path.p, other.p, path.len < other.len ? path.len : other.len);

        if (order == 0 && path.len == other.len)
            return &assets[middle];
        if (order < 0 || (order == 0 && path.len < other.len))
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* If-None-Match: a list of tags, weak ones compare equal (RFC 9110 13.1.2) */
static bool
is_known(struct str list, const char *etag)
{
    while (list.len) {
        struct str item = coding_next_item(&list);

        if (str_starts(item, STR("W/")))
            item.p += 2, item.len -= 2;
        while (item.len && item.p[item.len - 1] == ' ')
            item.len--;
        if (str_is(item, etag) || str_is(item, "*"))
            return true;
    }
    return false;
}

void
http_asset_send(const struct http_asset *asset, struct http_request *request)
{
    struct str codings = http_header(request, "accept-encoding");
    struct http_field fields[4] = { HTTP_FIELD("cache-control", "no-cache"), HTTP_FIELD("vary", "accept-encoding") };
    struct http_response response = { .status = 200,
                                      .content_type = str_of(asset->type),
                                      .body = asset->raw,
                                      .fields = fields,
                                      .field_count = 3,
                                      .is_static = true,
                                      .is_own = true };

    if (asset->is_hashed)
        fields[0].value = STR("public, max-age=31536000, immutable");
    fields[2] = (struct http_field){ STR("etag"), str_of(asset->etag) };
    if (is_known(http_header(request, "if-none-match"), asset->etag)) {
        response.status = 304;
    } else if (asset->brotli.p && coding_is_accepted(codings, STR("br"))) {
        response.body = asset->brotli;
        fields[response.field_count++] = (struct http_field)HTTP_FIELD("content-encoding", "br");
    } else if (asset->gzip.p && coding_is_accepted(codings, STR("gzip"))) {
        response.body = asset->gzip;
        fields[response.field_count++] = (struct http_field)HTTP_FIELD("content-encoding", "gzip");
    }
    http_respond(request, &response);
}

bool
http_asset_respond(const struct http_asset *assets, size_t count, struct http_request *request)
{
    const struct http_asset *asset = http_asset_find(assets, count, request->path);

    if (asset)
        http_asset_send(asset, request);
    return asset != NULL;
}
