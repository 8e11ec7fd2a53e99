/* SPDX-License-Identifier: MIT */
/* Heads of HTTP (uplink_head.h). */
#include "rpc/uplink_head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
head_put_get(struct buf *out, const struct uplink_address *address)
{
    bool is_v6 = strchr(address->host, ':') != NULL;
    bool is_usual = strcmp(address->port, address->is_tls ? "443" : "80") == 0;

    buf_printf(out, "GET %s HTTP/1.1\r\nHost: %s%s%s%s%s\r\nUser-Agent: interlude/%s\r\n", address->path,
               is_v6 ? "[" : "", address->host, is_v6 ? "]" : "", is_usual ? "" : ":", is_usual ? "" : address->port,
               INTERLUDE_VERSION);
}

unsigned
head_status(struct str head)
{
    char text[4] = "";

    if (head.len <= 12 || strncmp(head.p, "HTTP/1.", 7) != 0)
        return 0;
    memcpy(text, head.p + 9, 3);
    return (unsigned)strtoul(text, NULL, 10);
}

struct str
head_field(struct str head, const char *name)
{
    size_t len = strlen(name);

    for (const char *line = head.p, *end = head.p + head.len; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        const char *stop = next ? next : end;

        if ((size_t)(stop - line) > len && line[len] == ':' && strncasecmp(line, name, len) == 0) {
            for (line += len + 1; line < stop && (*line == ' ' || *line == '\t');)
                line++;
            while (stop > line && (stop[-1] == '\r' || stop[-1] == ' ' || stop[-1] == '\t'))
                stop--;
            return (struct str){ line, (size_t)(stop - line) };
        }
        line = next ? next + 1 : end;
    }
    return STR("");
}
