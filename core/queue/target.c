/* SPDX-License-Identifier: MIT */
/* Rules for the targets of callbacks (target.h). */
#include "queue/target.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "base/mem.h"
#include "queue/queue.h"

enum { MAX_URL = 2048, FIRST_USER_PORT = 1024 };

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

enum reach { REACH_PUBLIC, REACH_LOOPBACK, REACH_PRIVATE };

static enum reach
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
static bool
is_straight(const char *url)
{
    return !strstr(url, "/.") && !strpbrk(url, "%\\");
}

/* Does the URL begin with one of the comma-separated texts? One without a path ends at the host or port. */
static bool
is_listed(const char *url, const char *list)
{
    while (*list) {
        size_t len = strcspn(list, ",");

        if (len && is_straight(url) && strncmp(url, list, len) == 0 &&
            (list[len - 1] == '/' || !url[len] || url[len] == '/'))
            return true;
        list += len + (list[len] == ',');
    }
    return false;
}

/* Our own functions may be called back, wherever we are. */
static bool
is_own(const char *url)
{
    size_t len = strlen(queue_settings.app_url);

    return len && is_straight(url) && strncmp(url, queue_settings.app_url, len) == 0 &&
           (strncmp(url + len, "/fn/", 4) == 0 || strncmp(url + len, "/async-function/", 16) == 0);
}

bool
target_may_connect(const char *url, const struct sockaddr *address)
{
    enum reach reach = reach_of(address);

    return reach == REACH_PUBLIC || (reach == REACH_LOOPBACK && queue_settings.allows_loopback) || is_own(url) ||
           is_listed(url, queue_settings.callback_allow);
}

/* A host that is an address needs no resolver to be refused. */
static bool
is_host_allowed(const char *url, const char *host)
{
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    char text[INET6_ADDRSTRLEN + 2];
    size_t len = strlen(host);

    if (queue_settings.callback_allow[0] && !is_listed(url, queue_settings.callback_allow) && !is_own(url))
        return false;
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
        return target_may_connect(url, (const struct sockaddr *)(const void *)&v4);
    if (host[0] != '[' || len < 2 || len >= sizeof text)
        return true;
    memcpy(text, host + 1, len - 2);
    text[len - 2] = '\0';
    return inet_pton(AF_INET6, text, &v6.sin6_addr) == 1 &&
           target_may_connect(url, (const struct sockaddr *)(const void *)&v6);
}

static bool
is_port_allowed(const char *text)
{
    long port = strtol(text, NULL, 10);

    return port == 80 || port == 443 || port >= FIRST_USER_PORT;
}

static enum target_verdict
check_parts(CURLU *parts, const char *url)
{
    char *scheme = NULL, *host = NULL, *port = NULL;
    enum target_verdict verdict = TARGET_INVALID;

    if (!curl_url_set(parts, CURLUPART_URL, url, 0) && !curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) &&
        !curl_url_get(parts, CURLUPART_HOST, &host, 0) &&
        !curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) &&
        (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0))
        verdict = is_port_allowed(port) && is_host_allowed(url, host) ? TARGET_ALLOWED : TARGET_FORBIDDEN;
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return verdict;
}

enum target_verdict
target_check(struct str url)
{
    enum target_verdict verdict = TARGET_INVALID;
    char text[MAX_URL];
    CURLU *parts;

    if (url.len >= sizeof text)
        return TARGET_INVALID;
    memcpy(text, url.p, url.len);
    text[url.len] = '\0';
    parts = curl_url();
    if (parts)
        verdict = check_parts(parts, text);
    curl_url_cleanup(parts);
    return verdict;
}
