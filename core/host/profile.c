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

/*
 * The worst first. Only what an author would want to change: SDKs announce a WARNING as the end of their support, and
 * print what they get at every start.
 */
static const struct sdk_alert node_alerts[] = {
    { "0.18.0", "ERROR",
      "This server works with @interval/sdk 0.18.0 and later. Update it: npm install @interval/sdk@2", true },
    { "0.38.0", "INFO",
      "From 0.38.0 on, pages work, and what an action shows stays on screen without waiting for Continue.", false },
};

static bool
is_node(const char *sdk_name)
{
    return sdk_name && strcmp(sdk_name, "@interval/sdk") == 0;
}

const struct sdk_alert *
profile_alert(const char *sdk_name, const char *sdk_version)
{
    for (size_t i = 0; is_node(sdk_name) && i < sizeof node_alerts / sizeof node_alerts[0]; i++)
        if (version_number(sdk_version) < version_number(node_alerts[i].min_version))
            return &node_alerts[i];
    return NULL;
}

struct sdk_profile
profile_of(const char *sdk_name, const char *sdk_version)
{
    bool is_python = sdk_name && strcmp(sdk_name, "interval-py") == 0;
    unsigned long version = is_python ? (unsigned long)-1 : version_number(sdk_version);

    return (struct sdk_profile){
        .has_append_ui = version >= 38000,
        .has_close_transaction = version >= 38000,
        .has_pages = version >= 38000,
        .has_io_error_object = version >= 1000000,
        .has_object_errors = version >= 18000,
        .uses_old_environment = version < 38001,
        .is_python = is_python,
        .has_code_access = is_node(sdk_name) && version >= 34000,
        .max_frame_bytes = is_python ? PYTHON_MAX_FRAME : NODE_MAX_FRAME,
    };
}
