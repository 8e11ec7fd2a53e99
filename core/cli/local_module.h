/* SPDX-License-Identifier: MIT */
/*
 * Finding a function on this machine: in the serverless.yml of a directory, or in routes/, and the object it is in,
 * compiled if its source is newer. Main thread, on the control loop.
 */
#ifndef CLI_LOCAL_MODULE_H
#define CLI_LOCAL_MODULE_H

#include "base/arena.h"
#include "base/err.h"
#include "config/suggest.h"
#include "function/event.h"

struct arguments;

/* Where to look. */
struct local_place {
    const char *routes_dir, *data_dir; /* absolute */
    const struct arguments *arguments; /* options of service.h; the service is that of the working directory */
};

struct local_module {
    struct arena arena; /* all below */
    const char *object; /* absolute */
    const char *name;   /* "users/edit.so"; of services "shop/dev/quote.so" */
    uint32_t slot, timeout_ms;
    char *const *environment; /* "NAME=value" …; NULL: none */
    struct service *service;  /* NULL: it is of none */
    const char *root;         /* of the service; NULL */
    struct event_source source;
    /* while it is looked for: the serverless.yml here, if there is one, and the name most like the one wanted */
    const char *config;
    struct suggestion near;
};

/*
 * name: of a function of the service (key or deployed name), a slug, or "routes/x.so", "routes/x.c" with ".symbol"
 * behind if the file has several functions. false: err says where it was looked for. local_module_fini in both cases.
 */
bool local_module_find(struct local_module *module, const struct local_place *place, const char *name,
                       struct err *err) MUST_CHECK;
void local_module_fini(struct local_module *module);

/*
 * local_service.c: a directory without a service, or a service without that function, is *is_found false and no error.
 */
struct local_handler {
    const char *root, *file, *symbol; /* "/dir", "dist/quote", "handler" */
};
bool local_service_find(struct local_module *module, const struct local_place *place, const char *name,
                        struct local_handler *handler, bool *is_found, struct err *err) MUST_CHECK;

/*
 * What --function is called on a server if it is one of the service here; other names stay as they are, and so do all
 * while the service has errors, unless --config or --stage asks for it.
 */
bool local_service_name(struct arena *arena, const struct arguments *arguments, const char **name,
                        struct err *err) MUST_CHECK;

#endif
