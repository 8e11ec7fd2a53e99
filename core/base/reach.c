/* SPDX-License-Identifier: MIT */
/* Public, private, loopback (reach.h). */
#include "base/reach.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/mem.h"

struct range {
    uint32_t network;
    unsigned bits;
};

/* IANA IPv4 Special-Purpose Address Registry, and multicast. */
static const struct range not_public[] = {
    { 0x00000000, 8 },  { 0x0a000000, 8 },  { 0x64400000, 10 }, { 0x7f000000, 8 },  { 0xa9fe0000, 16 },
    { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0000200, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 },
    { 0xc6336400, 24 }, { 0xcb007100, 24 }, { 0xe0000000, 4 },  { 0xf0000000, 4 },
};

static bool
is_public_v4(uint32_t address)
{
    for (size_t i = 0; i < COUNT_OF(not_public); i++)
        if ((address ^ not_public[i].network) >> (32 - not_public[i].bits) == 0)
            return false;
    return true;
}

static uint32_t
v4_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Global unicast is 2000::/3; in it are ways to reach IPv4 (6to4, Teredo) and documentation. */
static bool
is_public_v6(const uint8_t *p)
{
    static const uint8_t mapped[12] = { [10] = 0xff, 0xff }, translated[12] = { 0x00, 0x64, 0xff, 0x9b };

    if (memcmp(p, mapped, sizeof mapped) == 0 || memcmp(p, translated, sizeof translated) == 0)
        return is_public_v4(v4_at(p + 12));
    if (p[0] == 0x20 && p[1] == 0x02)
        return is_public_v4(v4_at(p + 2));
    if (p[0] == 0x20 && p[1] == 0x01 && (p[2] < 2 || (p[2] == 0x0d && p[3] == 0xb8)))
        return false;
    return p[0] >> 5 == 1;
}

enum reach
reach_of(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        uint32_t v4 = ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr);

        return is_public_v4(v4) ? REACH_PUBLIC : v4 >> 24 == 127 ? REACH_LOOPBACK : REACH_PRIVATE;
    }
    if (address->sa_family == AF_INET6) {
        const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

        if (IN6_IS_ADDR_LOOPBACK(v6) || (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == 127))
            return REACH_LOOPBACK;
        return is_public_v6(v6->s6_addr) ? REACH_PUBLIC : REACH_PRIVATE;
    }
    return REACH_PRIVATE;
}

/* A beginning says something only about a path that goes nowhere else: no dot segments, not even escaped ones. */
bool
reach_is_straight(const char *url)
{
    const char *end = url + strcspn(url, "?"); /* a query leads nowhere */
    const char *dot = strstr(url, "/."), *odd = strpbrk(url, "%\\");

    return (!dot || dot > end) && (!odd || odd > end);
}

bool
reach_is_listed(const char *url, const char *list)
{
    while (*list) {
        size_t len = strcspn(list, ",");

        if (len && reach_is_straight(url) && strncmp(url, list, len) == 0 &&
            (list[len - 1] == '/' || !url[len] || url[len] == '/'))
            return true;
        list += len + (list[len] == ',');
    }
    return false;
}
