/* SPDX-License-Identifier: MIT */
/* Under which slugs the routes of a service answer. Any thread. */
#ifndef DEPLOY_ROUTE_SLUG_H
#define DEPLOY_ROUTE_SLUG_H

#include "function/service.h"
#include "json/read.h"

/*
 * "routes/users/edit.so" -> "shop/prod/users/edit.so": what its slugs are made of, as of a file in routes/
 * (host/route.h). NULL: it is not below the folder of the service's routes.
 */
const char *route_slug_file(const struct service *service, const char *file, struct arena *arena);
/* "shop/prod/users/edit". NULL: it has no valid one. */
const char *route_slug(const struct service *service, const char *file, struct arena *arena);

/* The files of its routes as a manifest has them, in the arena. */
struct service_texts route_files(struct json manifest, struct arena *arena);

#endif
