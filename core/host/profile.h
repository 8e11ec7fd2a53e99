/* SPDX-License-Identifier: MIT */
/*
 * What a host understands, by the SDK it was written with (host-protocol.md 8, 10): the one place where versions are
 * compared.
 */
#ifndef HOST_PROFILE_H
#define HOST_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

struct sdk_profile {
    bool has_append_ui;         /* displays resolve at once, the browser shows every call of the run */
    bool has_close_transaction; /* otherwise the method is unknown to it */
    bool has_pages;
    bool has_io_error_object;  /* SEND_IO_CALL may be answered {"type":"ERROR"}; otherwise a refusal makes it hang */
    bool has_object_errors;    /* INITIALIZE_HOST may be answered {"type":"error"} */
    bool uses_old_environment; /* "live" and "development" only */
    bool is_python;            /* 1 MiB frames, its own reading of params, no invalidSlugs */
    bool has_code_access;      /* access declared in code counts */
    size_t max_frame_bytes;
};

extern const struct sdk_profile profile_native;

/* Text that is no version: the newest known. NULL, NULL: a very old SDK. */
struct sdk_profile profile_of(const char *sdk_name, const char *sdk_version);

/* What the author of a host with an old SDK should know; the SDK prints it (host-protocol.md 3.4). */
struct sdk_alert {
    const char *min_version; /* from which on it is not said */
    const char *severity;    /* as the SDK knows it: "INFO", "WARNING", "ERROR" */
    const char *message;
    bool is_refused; /* such a host cannot work here */
};

/* NULL: nothing to say. */
const struct sdk_alert *profile_alert(const char *sdk_name, const char *sdk_version);

#endif
