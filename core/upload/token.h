/* SPDX-License-Identifier: MIT */
/*
 * What is in the address of an upload or a download: sealed with the installation's secret, so that nobody can make one
 * or read what is in it, for one file, one direction and a limited time. Any thread.
 */
#ifndef UPLOAD_TOKEN_H
#define UPLOAD_TOKEN_H

#include "auth/secrets.h"
#include "upload/upload.h"

enum upload_direction { UPLOAD_PUT = 'P', UPLOAD_GET = 'G' };

const char *upload_token(struct arena *arena, const struct secrets *secrets, enum upload_direction direction,
                         const struct upload_object *object, int64_t expires_at);

/* false: not ours, for the other direction, or expired. The key lies in the arena. */
bool upload_token_open(struct arena *arena, const struct secrets *secrets, enum upload_direction direction,
                       struct str token, int64_t now, struct upload_object *object) MUST_CHECK;

#endif
