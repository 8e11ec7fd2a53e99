/* SPDX-License-Identifier: MIT */
/*
 * Open pages: a layout that a host keeps for one browser visit (host-protocol.md 4.7). Not stored. Control thread only.
 */
#ifndef TRANSACTION_PAGE_H
#define TRANSACTION_PAGE_H

#include "host/registry.h"
#include "transaction/viewer.h"

enum { PAGES_PER_VIEWER = 32 };

void pages_init(void);

/* REQUEST_PAGE: the key is the browser's, fresh for each visit. */
bool page_open(struct uuid key, struct viewer *viewer, struct scope *scope, const char *slug, struct str params,
               struct err *err) MUST_CHECK;
/* SET_STATE of a table on the page. */
bool page_respond(struct uuid key, struct viewer *viewer, struct str response);
bool page_close(struct uuid key, struct viewer *viewer);
void pages_viewer_gone(struct viewer *viewer);

#endif
