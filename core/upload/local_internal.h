/* SPDX-License-Identifier: MIT */
/* What the files of the local store share. */
#ifndef UPLOAD_LOCAL_INTERNAL_H
#define UPLOAD_LOCAL_INTERNAL_H

#include "upload/local.h"

struct upload_local_state {
    struct upload_local_spec spec;
    int dir_fd; /* everything is opened below it */
};
extern struct upload_local_state upload_local_state;

void upload_local_sweep(int64_t ended_before);

#endif
