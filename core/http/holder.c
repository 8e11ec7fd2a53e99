/* SPDX-License-Identifier: MIT */
/* Who holds a port (holder.h). */
#include "http/holder.h"

#include <poll.h>
#include <sys/time.h>
#include <unistd.h>

enum { PAUSE_MS = 10, TRIES = 100 };

void
holder_init(struct holder *holder, const struct sockaddr *address, socklen_t len)
{
    *holder = (struct holder){ .address = address, .address_len = len, .fd = -1 };
}

void
holder_fini(struct holder *holder)
{
    if (holder->fd >= 0)
        close(holder->fd);
    holder->fd = -1;
}

/* Connecting is the kernel's work and says nothing; whoever reads this answers, were it with a complaint. */
static void
ask(struct holder *holder)
{
    static const char request[] = "GET /healthz HTTP/1.0\r\n\r\n";
    static const struct timeval limit = { .tv_usec = 2 * PAUSE_MS * 1000 }; /* of connect, too: its queue may be full */

    holder->fd = socket(holder->address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (holder->fd >= 0)
        setsockopt(holder->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (holder->fd >= 0 && (connect(holder->fd, holder->address, holder->address_len) != 0 ||
                            send(holder->fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0))
        holder_fini(holder);
}

bool
holder_may_go(struct holder *holder)
{
    struct pollfd asked = { .events = POLLIN };
    char byte;

    if (holder->tries++ == TRIES)
        return false;
    if (holder->fd < 0)
        ask(holder);
    asked.fd = holder->fd;
    if (poll(&asked, 1, PAUSE_MS) <= 0)
        return true;
    if (recv(holder->fd, &byte, 1, 0) > 0)
        return false;
    holder_fini(holder); /* it has gone */
    return true;
}
