/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: bytes on a stream, cut into pieces as the first byte says, must give the same frames as the same bytes
 * in one piece, and what was read, written again, must be the same bytes. Build with
 * -fsanitize=fuzzer,address,undefined.
 */
#include "link/stream.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Feeds a socket `piece` bytes at a time; the frames that come out, written one behind the other. */
static void
pass_through(const uint8_t *data, size_t size, size_t piece, struct link_out *out)
{
    struct link_received received;
    struct link_in in;
    struct err err = { { 0 } };
    int pair[2];

    ASSERT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    link_in_init(&in);
    while (size && !err.text[0]) {
        size_t len = size < piece ? size : piece;

        ASSERT(write(pair[0], data, len) == (ssize_t)len);
        data += len;
        size -= len;
        ASSERT(link_in_fill(&in, pair[1], LINK_DONTWAIT, &err) == LINK_READY);
        while (link_in_next(&in, &received, &err)) {
            received.head.flags = (uint8_t)(received.head.flags & ~LINK_FD);
            ASSERT(link_out_put(out, &received.head, &received.payload, 1, -1));
        }
    }
    link_in_fini(&in);
    close(pair[0]);
    close(pair[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct link_out whole, pieces;

    if (size < 2 || size > 16384)
        return 0;
    link_out_init(&whole, 1 << 20);
    link_out_init(&pieces, 1 << 20);
    pass_through(data + 1, size - 1, size, &whole);
    pass_through(data + 1, size - 1, 1 + data[0] % 97, &pieces);
    ASSERT(whole.bytes.len == pieces.bytes.len);
    ASSERT(!whole.bytes.len || memcmp(whole.bytes.p, pieces.bytes.p, whole.bytes.len) == 0);
    ASSERT(!whole.bytes.len || memcmp(whole.bytes.p, data + 1, 4) == 0);
    link_out_fini(&whole);
    link_out_fini(&pieces);
    return 0;
}
