/* SPDX-License-Identifier: MIT */
/*
 * Who holds a port that cannot be bound? A server, or the rest of one: a process that a killed server was about to
 * start has its listening socket until it is another program, some milliseconds later. Blocks, at the start.
 */
#ifndef HTTP_HOLDER_H
#define HTTP_HOLDER_H

#include <stdbool.h>
#include <sys/socket.h>

struct holder {
    const struct sockaddr *address;
    socklen_t address_len;
    int fd; /* a connection that has asked something; -1: none */
    int tries;
};

void holder_init(struct holder *holder, const struct sockaddr *address, socklen_t len);
void holder_fini(struct holder *holder);

/* Waits some milliseconds. true: worth another try. false: somebody answers there, or a second is over. */
bool holder_may_go(struct holder *holder);

#endif
