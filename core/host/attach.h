/* SPDX-License-Identifier: MIT */
/*
 * Runners that outlived their server knock on a socket in --data; their runs go on here (architecture 3). Owns the
 * socket and the first frame.
 */
#ifndef HOST_ATTACH_H
#define HOST_ATTACH_H

#include "host/host.h"

bool attach_listen(const char *path, struct host *host, struct host_run *(*adopt)(struct uuid id, const char *module),
                   struct err *err) MUST_CHECK;
void attach_retry(void); /* now and then: there may be descriptors again */
void attach_close(void);

#endif
