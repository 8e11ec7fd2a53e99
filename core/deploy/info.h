/* SPDX-License-Identifier: MIT */
/* What people and programs are told of a service (functions.md 2.1, 2.2). Any thread. */
#ifndef DEPLOY_INFO_H
#define DEPLOY_INFO_H

#include "function/keys.h"
#include "function/service.h"
#include "json/read.h"
#include "json/write.h"

/* service, stage, endpoints and functions, as `dev` prints them. */
void info_block(const struct service *service, const char *base_url, bool with_stage, struct buf *out);

struct info_spec {
    const struct service *service;
    const char *base_url;
    bool with_stage;
    struct json manifest;         /* of the version: sizes of modules */
    struct str routes;            /* route_info_json; empty: none */
    const struct key_shown *keys; /* in the order of the service */
    size_t key_count;
};

/* "info" and "outputs", the members of an object that is open. */
void info_json(const struct info_spec *spec, struct arena *arena, struct json_out *out);

#endif
