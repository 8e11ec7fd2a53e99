/* SPDX-License-Identifier: MIT */
/*
 * Answers whose body is a file: read a block at a time when the one before is on its way, so that a large one takes
 * neither memory nor, for long, the thread. The descriptor is closed when the request is over, sent or not.
 */
#include <unistd.h>

#include "http/internal.h"

enum { BLOCK = 256 << 10 };

struct file_body {
    h2o_generator_t generator;
    int fd;
    off_t at;
    size_t left;
    char block[BLOCK];
};

static void
on_dispose(void *p)
{
    struct file_body *body = p;

    close(body->fd);
}

static void
on_proceed(h2o_generator_t *generator, h2o_req_t *h2o)
{
    struct file_body *body = H2O_STRUCT_FROM_MEMBER(struct file_body, generator, generator);
    ssize_t got = pread(body->fd, body->block, body->left < BLOCK ? body->left : BLOCK, body->at);
    h2o_iovec_t bytes;

    if (got <= 0) { /* shorter than promised: the client sees the connection end */
        h2o_send(h2o, NULL, 0, H2O_SEND_STATE_ERROR);
        return;
    }
    body->at += got;
    body->left -= (size_t)got;
    bytes = h2o_iovec_init(body->block, (size_t)got);
    h2o_send(h2o, &bytes, 1, body->left ? H2O_SEND_STATE_IN_PROGRESS : H2O_SEND_STATE_FINAL);
}

void
file_send(h2o_req_t *h2o, int fd, off_t at, size_t len)
{
    struct file_body *body = h2o_mem_alloc_shared(&h2o->pool, sizeof *body, on_dispose);

    body->generator = (h2o_generator_t){ on_proceed, NULL };
    body->fd = fd;
    body->at = at;
    body->left = len;
    h2o_start_response(h2o, &body->generator);
    if (len)
        on_proceed(&body->generator, h2o);
    else
        h2o_send(h2o, NULL, 0, H2O_SEND_STATE_FINAL);
}
