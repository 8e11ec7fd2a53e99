/* SPDX-License-Identifier: MIT */
/*
 * What the build puts into the server for its runners: the runner executable itself, and everything that compiling a
 * route needs. Written out to --data by whoever uses them; the bytes come from packaging/build/runner.cmake.
 */
#ifndef HOST_RUNNER_IMAGE_H
#define HOST_RUNNER_IMAGE_H

#include "base/embedded.h"

/* interlude-runner, an ELF executable of runner_image_end - runner_image_start bytes. */
extern const unsigned char runner_image_start[], runner_image_end[];

/* sdk-headers/: "interlude.h", "interlude/….h" and "module-flags" (compiler flags, one or more a line, # comments). */
extern const struct embedded_file sdk_files[];
extern const size_t sdk_files_count;

#endif
