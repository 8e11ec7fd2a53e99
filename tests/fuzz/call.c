/* SPDX-License-Identifier: MIT */
/* libFuzzer: an answer as a broken runner could send it: all that is taken lies within what was received. */
#include "function/request.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_inside(struct str part, struct str whole)
{
    return part.len == 0 || (part.p >= whole.p && part.p + part.len <= whole.p + whole.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct link_received received = { .fd = -1 };
    struct http_field fields[FUNCTION_MAX_FIELDS];
    struct http_response response = { 0 };
    struct str reason = { 0 };
    char *memory = NULL;

    if (size == 0)
        return 0;
    if (data[0] & 1) { /* with a body that travels apart, sealed or not */
        received.head.flags = LINK_FD;
        received.fd = memfd_create("fuzz", MFD_ALLOW_SEALING);
        ASSERT(ftruncate(received.fd, data[0] & 0xf0) == 0);
        if (data[0] & 2)
            fcntl(received.fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    }
    received.payload = (struct str){ (const char *)data + 1, size - 1 };
    if (function_answer_read(&received, &response, fields, &memory, &reason)) {
        ASSERT(response.status >= 200 && response.status <= 599 && response.field_count <= FUNCTION_MAX_FIELDS);
        ASSERT(memory || is_inside(response.body, received.payload));
        for (size_t i = 0; i < response.field_count; i++)
            ASSERT(is_inside(fields[i].name, received.payload) && is_inside(fields[i].value, received.payload));
    } else {
        ASSERT(reason.p || reason.len == 0);
    }
    free(memory);
    if (received.fd >= 0)
        close(received.fd);
    return 0;
}
