/* SPDX-License-Identifier: MIT */
/*
 * libcurl, loaded when something is sent for the first time. It brings 27 libraries along (Kerberos, LDAP, SSH, a
 * second TLS): a process that begins with them needs 6.2 ms of CPU before main, without them 2.3.
 */
#ifndef LOOP_LIBCURL_H
#define LOOP_LIBCURL_H

#define CURL_DISABLE_TYPECHECK /* its macros want calls by name */
#include <curl/curl.h>

#include "base/err.h"

/* All of it that is used. */
#define LIBCURL_FUNCTIONS(each)                                                                                        \
    each(global_init);                                                                                                 \
    each(easy_init);                                                                                                   \
    each(easy_setopt);                                                                                                 \
    each(easy_perform);                                                                                                \
    each(easy_getinfo);                                                                                                \
    each(easy_strerror);                                                                                               \
    each(easy_cleanup);                                                                                                \
    each(multi_init);                                                                                                  \
    each(multi_setopt);                                                                                                \
    each(multi_add_handle);                                                                                            \
    each(multi_remove_handle);                                                                                         \
    each(multi_perform);                                                                                               \
    each(multi_poll);                                                                                                  \
    each(multi_wakeup);                                                                                                \
    each(multi_info_read);                                                                                             \
    each(slist_append);                                                                                                \
    each(slist_free_all);                                                                                              \
    each(url);                                                                                                         \
    each(url_set);                                                                                                     \
    each(url_get);                                                                                                     \
    each(url_cleanup);                                                                                                 \
    each(free)

#define LIBCURL_POINTER(name) __typeof__(&(curl_##name)) name

struct libcurl {
    LIBCURL_FUNCTIONS(LIBCURL_POINTER);
};

/* Any thread; the first one waits some milliseconds. NULL: it is not there, err (may be NULL) says what to install. */
const struct libcurl *libcurl_load(struct err *err);

#endif
