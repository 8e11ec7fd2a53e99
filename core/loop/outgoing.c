/* SPDX-License-Identifier: MIT */
/*
 * The thread of outgoing requests (outgoing.h). curl_multi_poll instead of libev watchers: at some dozens of requests
 * the two cost the same, and this is the loop libcurl brings along.
 */
#include "loop/outgoing.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "loop/control.h"
#include "loop/libcurl.h"

enum { POLL_MS = 60 * 1000, MAX_PER_HOST = 8, MAX_CONNECTIONS = 64 };

static struct {
    pthread_t thread;
    sem_t work;             /* wakes the thread as long as there is no multi */
    _Atomic(CURLM *) multi; /* from the first request on */
    struct err err;         /* NULL nevertheless: why */
    struct inbox inbox;
    atomic_bool is_stopping;
    bool is_running;
} out;

static const struct libcurl *curl; /* of the thread, as soon as there is a multi */

/* Most only want to know the status. */
static size_t
take_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct outgoing *outgoing = arg;

    if (outgoing->answer.max) {
        buf_put(&outgoing->answer, bytes, size * count);
        if (outgoing->answer.over) {
            snprintf(outgoing->error, sizeof outgoing->error, "the answer is longer than %zu bytes",
                     outgoing->answer.max);
            return 0; /* an error to libcurl */
        }
    }
    return size * count;
}

static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct outgoing *outgoing = arg;

    (void)purpose;
    if (outgoing->may_connect && !outgoing->may_connect(outgoing, &address->addr)) {
        outgoing->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void
tell(struct message *message)
{
    struct outgoing *outgoing = container_of(message, struct outgoing, message);

    outgoing->done(outgoing);
}

static void
finish(struct outgoing *outgoing, CURLcode code, CURL *easy)
{
    long status = 0;

    if (easy)
        curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    outgoing->status = code == CURLE_OK ? (unsigned)status : 0;
    if (outgoing->is_refused)
        snprintf(outgoing->error, sizeof outgoing->error, "its address is not allowed");
    else if (code != CURLE_OK && !outgoing->error[0])
        snprintf(outgoing->error, sizeof outgoing->error, "%s", curl->easy_strerror(code));
    curl->slist_free_all(outgoing->fields_made);
    outgoing->fields_made = NULL;
    control_post(&outgoing->message, tell);
}

static bool
make_fields(struct outgoing *outgoing)
{
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < OUTGOING_MAX_FIELDS && outgoing->fields[i]; i++) {
        struct curl_slist *longer = curl->slist_append(list, outgoing->fields[i]);

        if (!longer) {
            curl->slist_free_all(list);
            return false;
        }
        list = longer;
    }
    outgoing->fields_made = list;
    return true;
}

static void
set_up(CURL *easy, struct outgoing *outgoing)
{
    curl->easy_setopt(easy, CURLOPT_PRIVATE, outgoing);
    curl->easy_setopt(easy, CURLOPT_URL, outgoing->url);
    curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl->easy_setopt(easy, CURLOPT_PROXY, ""); /* a proxy would connect where we may not */
    curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    if (outgoing->is_get) {
        curl->easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    } else {
        curl->easy_setopt(easy, CURLOPT_POST, 1L);
        curl->easy_setopt(easy, CURLOPT_POSTFIELDS, outgoing->body.p ? outgoing->body.p : "");
        curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)outgoing->body.len);
    }
    curl->easy_setopt(easy, CURLOPT_HTTPHEADER, outgoing->fields_made);
    curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)outgoing->connect_limit_ms);
    curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)outgoing->limit_ms);
    curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, outgoing->error);
    curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl->easy_setopt(easy, CURLOPT_WRITEDATA, outgoing);
    curl->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, outgoing);
    curl->easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L); /* an open connection was judged for another target */
    curl->easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
}

static void
begin(struct message *message)
{
    struct outgoing *outgoing = container_of(message, struct outgoing, message);
    CURL *easy;

    if (!out.multi) {
        snprintf(outgoing->error, sizeof outgoing->error, "%.*s", (int)sizeof outgoing->error - 1, out.err.text);
        control_post(&outgoing->message, tell);
        return;
    }
    easy = curl->easy_init();
    if (!easy || !make_fields(outgoing)) {
        curl->easy_cleanup(easy);
        finish(outgoing, CURLE_OUT_OF_MEMORY, NULL);
        return;
    }
    set_up(easy, outgoing);
    if (curl->multi_add_handle(out.multi, easy) != CURLM_OK) {
        curl->easy_cleanup(easy);
        finish(outgoing, CURLE_FAILED_INIT, NULL);
    }
}

static void
collect(void)
{
    const CURLMsg *message;
    int left;

    while ((message = curl->multi_info_read(out.multi, &left))) {
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        struct outgoing *outgoing;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl->easy_getinfo(easy, CURLINFO_PRIVATE, &outgoing);
        curl->multi_remove_handle(out.multi, easy);
        finish(outgoing, code, easy);
        curl->easy_cleanup(easy);
    }
}

static void
wait_for_work(void)
{
    while (sem_wait(&out.work) != 0)
        ;
}

/* Many servers never send anything. */
static void
load(void)
{
    CURLM *multi;

    curl = libcurl_load(&out.err);
    multi = curl ? curl->multi_init() : NULL;
    if (!multi)
        return;
    curl->multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)MAX_PER_HOST);
    curl->multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)MAX_CONNECTIONS);
    out.multi = multi;
}

static void *
thread_main(void *arg)
{
    int running;

    (void)arg;
    wait_for_work();
    if (!atomic_load(&out.is_stopping))
        load();
    while (!atomic_load(&out.is_stopping)) {
        inbox_run(&out.inbox);
        if (out.multi) {
            curl->multi_perform(out.multi, &running);
            collect();
            curl->multi_poll(out.multi, NULL, 0, POLL_MS, NULL);
        } else {
            wait_for_work();
        }
    }
    return NULL;
}

/* A thread that is just loading finds what was posted: it looks into the inbox afterwards. */
static void
wake(void *arg)
{
    CURLM *multi = out.multi;

    (void)arg;
    if (multi)
        curl->multi_wakeup(multi);
    else
        sem_post(&out.work);
}

bool
outgoing_start(struct err *err)
{
    sigset_t all, old;

    sem_init(&out.work, 0, 0);
    inbox_init(&out.inbox, wake, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old); /* signals belong to the main thread */
    errno = pthread_create(&out.thread, NULL, thread_main, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    out.is_running = errno == 0;
    return out.is_running || err_set_errno(err, "cannot start the thread of outgoing requests");
}

void
outgoing_stop(void)
{
    if (!out.is_running)
        return;
    atomic_store(&out.is_stopping, true);
    wake(NULL);
    pthread_join(out.thread, NULL);
    out.is_running = false;
}

void
outgoing_send(struct outgoing *outgoing)
{
    inbox_post(&out.inbox, &outgoing->message, begin);
}
