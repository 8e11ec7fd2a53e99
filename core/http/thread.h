/* SPDX-License-Identifier: MIT */
/* The http threads: reaching one from elsewhere, and giving its loop other descriptors to look after. */
#ifndef HTTP_THREAD_H
#define HTTP_THREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "loop/inbox.h"

struct http_server;
struct http_thread;
struct http_watch;

size_t http_thread_count(const struct http_server *server);
struct http_thread *http_thread_at(struct http_server *server, size_t index);
size_t http_thread_index(const struct http_thread *thread);
struct http_thread *http_thread_current(void); /* NULL on other threads */

/* Any thread: `run` is called with `message` on the http thread. */
void http_thread_post(struct http_thread *thread, struct message *message, void (*run)(struct message *message));

/* For those who answer by an inbox. */
struct inbox *http_thread_inbox(struct http_thread *thread);

/*
 * Something to do once when the current turn of the loop ends: what many events in one turn can share, such as a write.
 */
struct http_turn {
    struct list link; /* list_init before the first use */
    void (*run)(struct http_turn *turn);
    void (*hold)(struct http_turn *turn); /* may be NULL; it was added too late and the loop polls before it runs */
};
void http_turn_add(struct http_thread *thread, struct http_turn *turn); /* its own thread; twice is once */

/*
 * Watches a non-blocking descriptor, which it owns and closes. on_readable is called while there is something to read
 * (level-triggered, end of stream included); the callback reads by itself. All functions: its own thread.
 */
struct http_watch *http_watch_new(struct http_thread *thread, int fd, void (*on_readable)(void *arg), void *arg);
void http_watch_resume(struct http_watch *watch);
void http_watch_when_writable(struct http_watch *watch, void (*on_writable)(void *arg)); /* once */
int http_watch_fd(const struct http_watch *watch);
void http_watch_free(struct http_watch *watch);

#endif
