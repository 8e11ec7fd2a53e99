/* SPDX-License-Identifier: MIT */
/*
 * What an address can reach. Addresses that come from outside (callbacks, uploaded files) must not make this process
 * talk to things that only it can reach; who decides is queue/target.c and rpc/uplink_files.c. Any thread.
 */
#ifndef BASE_REACH_H
#define BASE_REACH_H

#include <stdbool.h>

struct sockaddr;

enum reach { REACH_PUBLIC, REACH_LOOPBACK, REACH_PRIVATE };

enum reach reach_of(const struct sockaddr *address);

/*
 * Does the URL begin with one of the comma-separated texts, and lead nowhere else (no dot segments, nothing escaped)?
 * A text without a path ends at the host or port.
 */
bool reach_is_listed(const char *url, const char *list);
bool reach_is_straight(const char *url);

#endif
