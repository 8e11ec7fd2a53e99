/* SPDX-License-Identifier: MIT */
/* SDK versions and what they understand (profile.h). */
#include "host/profile.h"

#include <stdio.h>
#include <string.h>

enum { NODE_MAX_FRAME = 100 << 20, PYTHON_MAX_FRAME = 1 << 20 };

const struct sdk_profile profile_native = {
    .has_append_ui = true,
    .has_close_transaction = true,
    .has_pages = true,
    .has_io_error_object = true,
    .has_object_errors = true,
    .has_code_access = true,
    .max_frame_bytes = NODE_MAX_FRAME,
};

/* 1.4.0 -> 1004000; a text that is no version is newer than all of them */
static unsigned long
version_number(const char *version)
{
    unsigned major, minor, patch;

    if (!version || sscanf(version, "%3u.%3u.%3u", &major, &minor, &patch) != 3)
        return version ? (unsigned long)-1 : 0;
    return major * 1000000UL + minor * 1000UL + patch;
}

struct sdk_profile
profile_of(const char *sdk_name, const char *sdk_version)
{
    bool is_python = sdk_name && strcmp(sdk_name, "interval-py") == 0;
    bool is_node = sdk_name && strcmp(sdk_name, "@interval/sdk") == 0;
    unsigned long version = is_python ? (unsigned long)-1 : version_number(sdk_version);

    return (struct sdk_profile){
        .has_append_ui = version >= 38000,
        .has_close_transaction = version >= 38000,
        .has_pages = version >= 38000,
        .has_io_error_object = version >= 1000000,
        .has_object_errors = version >= 18000,
        .uses_old_environment = version < 38001,
        .is_python = is_python,
        .has_code_access = is_node && version >= 34000,
        .max_frame_bytes = is_python ? PYTHON_MAX_FRAME : NODE_MAX_FRAME,
    };
}
