/* SPDX-License-Identifier: MIT */
/* Rules for the targets of callbacks (target.h). */
#include "queue/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "base/reach.h"
#include "loop/libcurl.h"
#include "queue/queue.h"

enum { MAX_URL = 2048, FIRST_USER_PORT = 1024 };

/* The path of one of our own functions, which may be called back wherever we are; NULL: it is somewhere else. */
static const char *
own_path(const char *url)
{
    static const struct str ways[] = { { "/fn/", 4 }, { "/function/", 10 }, { "/async-function/", 16 } };
    size_t len = strlen(queue_settings.app_url);

    if (!len || !reach_is_straight(url) || strncmp(url, queue_settings.app_url, len) != 0)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (str_starts(str_of(url + len), ways[i]))
            return url + len;
    return NULL;
}

/* A list names URLs, and paths of our own functions. */
static bool
is_listed(const char *url, const char *allow)
{
    const char *path = own_path(url);

    return reach_is_listed(url, allow) || (path && reach_is_listed(path, allow));
}

bool
target_may_connect(const char *url, const char *allow, const struct sockaddr *address)
{
    enum reach reach = reach_of(address);

    return reach == REACH_PUBLIC || (reach == REACH_LOOPBACK && queue_settings.allows_loopback) ||
           (own_path(url) && !allow[0]) || is_listed(url, allow);
}

/* A host that is an address needs no resolver to be refused. */
static bool
is_host_allowed(const char *url, const char *allow, const char *host)
{
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    char text[INET6_ADDRSTRLEN + 2];
    size_t len = strlen(host);

    if (allow[0] && !is_listed(url, allow))
        return false;
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
        return target_may_connect(url, allow, (const struct sockaddr *)(const void *)&v4);
    if (host[0] != '[' || len < 2 || len >= sizeof text)
        return true;
    memcpy(text, host + 1, len - 2);
    text[len - 2] = '\0';
    return inet_pton(AF_INET6, text, &v6.sin6_addr) == 1 &&
           target_may_connect(url, allow, (const struct sockaddr *)(const void *)&v6);
}

static bool
is_port_allowed(const char *text)
{
    long port = strtol(text, NULL, 10);

    return port == 80 || port == 443 || port >= FIRST_USER_PORT;
}

/* libcurl takes "http:/host" and "http:///host", too; who else looks for the credentials in it would not find them. */
static bool
is_web_address(const char *url)
{
    size_t len = strncasecmp(url, "https://", 8) == 0 ? 8 : strncasecmp(url, "http://", 7) == 0 ? 7 : 0;

    return len && url[len] != '/' && !strchr(url, '\\');
}

static enum target_verdict
check_parts(const struct libcurl *curl, CURLU *parts, const char *url, const char *allow)
{
    enum target_verdict verdict = TARGET_INVALID;
    char *host = NULL, *port = NULL;

    if (is_web_address(url) && !curl->url_set(parts, CURLUPART_URL, url, 0) &&
        !curl->url_get(parts, CURLUPART_HOST, &host, 0) &&
        !curl->url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT))
        verdict = is_port_allowed(port) && is_host_allowed(url, allow, host) ? TARGET_ALLOWED : TARGET_FORBIDDEN;
    curl->free(host);
    curl->free(port);
    return verdict;
}

enum target_verdict
target_check(struct str url, const char *allow)
{
    enum target_verdict verdict = TARGET_INVALID;
    const struct libcurl *curl;
    char text[MAX_URL];
    CURLU *parts;

    if (url.len >= sizeof text)
        return TARGET_INVALID;
    curl = libcurl_load(NULL);
    if (!curl)
        return TARGET_FORBIDDEN; /* nothing could be sent there */
    memcpy(text, url.p, url.len);
    text[url.len] = '\0';
    parts = curl->url();
    if (parts)
        verdict = check_parts(curl, parts, text, allow);
    curl->url_cleanup(parts);
    return verdict;
}
