/* SPDX-License-Identifier: MIT */
/* custom.interlude.build of a service, for the compiler (host/compiler.h). */
#ifndef FUNCTION_SERVICE_BUILD_H
#define FUNCTION_SERVICE_BUILD_H

#include "function/service.h"
#include "host/compiler.h"

/* The texts are the service's; dir: its directory. */
static inline struct compiler_build
service_compiler_build(const struct service *service, const char *dir)
{
    const struct service_build *build = &service->build;

    return (struct compiler_build){ .cc = build->cc,
                                    .dir = dir,
                                    .cflags = build->cflags.items,
                                    .cflag_count = build->cflags.count,
                                    .libs = build->libs.items,
                                    .lib_count = build->libs.count };
}

#endif
