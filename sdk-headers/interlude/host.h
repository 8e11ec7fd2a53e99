/* SPDX-License-Identifier: MIT */
/**
 * A program of your own that is a host: it connects to an Interlude or Interval server and offers its functions there
 * as actions and pages. Link with libinterlude-host (pkg-config interlude-host). A module for `routes/` needs none of
 * this.
 *
 *     #include <interlude.h>
 *     #include <interlude/host.h>
 *
 *     static il_status refund(il_ctx *ctx) { … }
 *     static const il_route routes[] = { IL_ROUTE_ACTION("refund", refund, .name = "Refund") };
 *     INTERLUDE_HOST_PROGRAM;
 *
 *     int main(void)
 *     {
 *         interlude_host *host = interlude_host_new(&(interlude_host_options){
 *             .endpoint = "wss://tools.example.com/websocket", .api_key = getenv("API_KEY") });
 *
 *         if (!interlude_host_add(host, routes, 1) || !interlude_host_listen(host))
 *             return fprintf(stderr, "%s\n", interlude_host_error(host)), 1;
 *         …
 *         interlude_host_safely_close(host);
 *         interlude_host_free(host);
 *     }
 *
 * Handlers run on threads of the library, as many at once as there are runs; what they share is theirs to lock. A
 * handler that crashes takes the program with it: that is what `interlude host` with modules is for. Everything here
 * may be called from any thread, except from a handler. No signal is handled, none is ever delivered to the library's
 * threads. One host per process.
 */
#ifndef INTERLUDE_HOST_H
#define INTERLUDE_HOST_H

#include "route.h"

typedef struct interlude_host interlude_host;

/** What goes to stderr. */
enum { INTERLUDE_LOG_INFO, INTERLUDE_LOG_QUIET, INTERLUDE_LOG_DEBUG };

/** Names and defaults are those of the SDKs; 0 means the default. */
typedef struct interlude_host_options {
    const char *endpoint;       /**< "ws://HOST:3000/websocket", "wss://HOST/websocket". */
    const char *api_key;        /**< Of an environment, or of a developer's console. */
    uint32_t retry_interval_ms; /**< Between attempts to connect. 3,000. */
    uint32_t ping_interval_ms;  /**< 30,000. */
    uint32_t ping_timeout_ms;   /**< An answer that takes longer is reported. 5,000. */
    /** No answer to any ping for so long: connects anew. 180,000. */
    uint32_t close_unresponsive_connection_timeout_ms;
    uint32_t reinitialize_batch_timeout_ms; /**< Changes of routes are gathered so long. 200. */
    uint32_t connect_timeout_ms;            /**< For one attempt. 15,000. */
    uint32_t send_timeout_ms;     /**< Without acknowledgement for so long, times the attempt: sent again. 5,000. */
    uint32_t max_resend_attempts; /**< Then given up. 10. */
    int log_level;                /**< INTERLUDE_LOG_…. */
    /** Of all uploaded files of one run, which are kept below TMPDIR while it lasts. 1 GiB. */
    uint64_t upload_max_bytes;
    /** Beginnings of the URLs files may be fetched from besides the server, by commas. NULL: public addresses. */
    const char *upload_allow;
} interlude_host_options;

/** Once per program, at file scope, with a semicolon behind, unless the program has an IL_MODULE. */
#define INTERLUDE_HOST_PROGRAM IL_HIDDEN const il_api *il_api_

/** As interlude_host_new, which tells it where handlers find the library. */
IL_EXPORT interlude_host *interlude_host_make(const interlude_host_options *options, const il_api **api);

/** Copies the options; does not connect. */
static inline interlude_host *
interlude_host_new(const interlude_host_options *options)
{
    return interlude_host_make(options, &il_api_);
}

/** Why the last call answered false, as a sentence. Valid until the next call. */
IL_EXPORT const char *interlude_host_error(const interlude_host *host);

/**
 * Offers `count` more routes, made with IL_ROUTE_ACTION and IL_ROUTE_PAGE; also while connected. The rows are copied,
 * what they point to is not. false: none of them is offered.
 */
IL_EXPORT bool interlude_host_add(interlude_host *host, const il_route *routes, size_t count);
/** Offers a route no more; its runs go on. false: there is none of that slug. */
IL_EXPORT bool interlude_host_remove(interlude_host *host, const char *slug);

/**
 * Connects, and waits until the server has taken the host. Goes on trying while the server cannot be reached; false:
 * it refuses, or is none. From then on the connection is made again whenever it is lost.
 */
IL_EXPORT bool interlude_host_listen(interlude_host *host);

/** Takes nothing new, waits until what runs has come to its end, closes the connection. */
IL_EXPORT void interlude_host_safely_close(interlude_host *host);
/** Closes the connection now. Handlers that still run find themselves cancelled. */
IL_EXPORT void interlude_host_immediately_close(interlude_host *host);
/** Closes at once what is not closed. */
IL_EXPORT void interlude_host_free(interlude_host *host);

#endif
