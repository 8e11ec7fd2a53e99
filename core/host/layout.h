/* SPDX-License-Identifier: MIT */
/* Page layouts that the host's side of us writes itself (io-methods.md 14). */
#ifndef HOST_LAYOUT_H
#define HOST_LAYOUT_H

#include "base/buf.h"

/* A layout with nothing but an error, such as "RouteCrashed". */
void layout_put_error(struct buf *out, const char *error, const char *message);

#endif
