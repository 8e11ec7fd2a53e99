/* SPDX-License-Identifier: MIT */
/*
 * The one thread that writes to a database: takes whatever waits, one transaction, one fsync, then the answers. For
 * store.c.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "store/commit.h"
#include "store/driver.h"

struct writer {
    const struct store_driver *driver;
    void *session;
    struct inbox inbox;
    sem_t wake;
    pthread_t thread;
    atomic_size_t waiting;
    atomic_bool stopping;
    struct store_commits commits;
};

bool writer_start(struct writer *writer, const struct store_driver *driver, void *session, struct err *err) MUST_CHECK;
void writer_stop(struct writer *writer); /* after everything submitted is answered */
void writer_submit(struct writer *writer, struct store_write *write, bool is_urgent);
void writer_flush(struct writer *writer); /* what is not urgent waits no longer */

#endif
