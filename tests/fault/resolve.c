/* SPDX-License-Identifier: MIT */
/*
 * Names that change: preloaded, it resolves NAME.rebind.test to one address at the first look-up and to another one
 * from then on, as RESOLVE=FIRST,LATER says; everything else as usual.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

__attribute__((visibility("default"))) int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    static const char suffix[] = ".rebind.test";
    static atomic_uint asked;
    const char *addresses = getenv("RESOLVE"), *comma = addresses ? strchr(addresses, ',') : NULL;
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    size_t len = name ? strlen(name) : 0;
    char first[64] = "";

    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!comma || len < sizeof suffix || strcmp(name + len - (sizeof suffix - 1), suffix) != 0)
        return real(name, service, hints, found);
    if ((size_t)(comma - addresses) < sizeof first)
        memcpy(first, addresses, (size_t)(comma - addresses));
    return real(atomic_fetch_add(&asked, 1) == 0 ? first : comma + 1, service, hints, found);
}
