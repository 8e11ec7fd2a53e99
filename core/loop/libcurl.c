/* SPDX-License-Identifier: MIT */
/* Loading libcurl (libcurl.h). */
#include "loop/libcurl.h"

#include <dlfcn.h>
#include <pthread.h>

static struct libcurl library;
static struct err library_err; /* "": it is loaded */
static pthread_once_t library_once = PTHREAD_ONCE_INIT;

/* Never unloaded: it registers what it cannot take back. */
static void
load(void)
{
    static const char name[] = "libcurl.so.4";
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);

    if (!handle) {
        err_set(&library_err, "cannot load %s: %s; install the package that has it (libcurl4)", name, dlerror());
        return;
    }
#define FIND(function)                                                                                                 \
    if (!(*(void **)&library.function = dlsym(handle, "curl_" #function)))                                             \
    err_set(&library_err, "%s has no curl_%s", name, #function)
    LIBCURL_FUNCTIONS(FIND);
#undef FIND
    if (!library_err.text[0] && library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        err_set(&library_err, "cannot start libcurl");
}

const struct libcurl *
libcurl_load(struct err *err)
{
    pthread_once(&library_once, load);
    if (!library_err.text[0])
        return &library;
    err_set(err, "%s", library_err.text);
    return NULL;
}
