/* SPDX-License-Identifier: MIT */
/*
 * Files that are part of the program, compressed beforehand. packaging/build/embed-assets makes the table from a
 * directory.
 */
#ifndef HTTP_ASSET_H
#define HTTP_ASSET_H

#include "http/request.h"

struct http_asset {
    const char *path; /* "/assets/index-1f2e3d4c.js" */
    const char *type;
    const char *etag;             /* quoted; from the SHA-256 of the raw bytes */
    struct str raw, gzip, brotli; /* gzip, brotli: p is NULL when they would not be smaller */
    bool is_hashed;               /* the name changes with the content: may be kept forever */
};

/* What packaging/build/embed-assets generates: sorted by path. */
extern const struct http_asset http_dashboard_assets[];
extern const size_t http_dashboard_asset_count;

/* NULL: there is no such file. The table is sorted by path. */
const struct http_asset *http_asset_find(const struct http_asset *assets, size_t count, struct str path);

/* GET or HEAD: the bytes the client accepts, or 304. */
void http_asset_send(const struct http_asset *asset, struct http_request *request);

/* Both by request->path; false: no such file, nothing was sent. */
bool http_asset_respond(const struct http_asset *assets, size_t count, struct http_request *request);

#endif
