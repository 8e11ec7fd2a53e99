/* SPDX-License-Identifier: MIT */
/* The notations of values: the only place that reads durations, sizes, switches and addresses. Any thread. */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"

/*
 * On failure `err` says what was expected, as a part of a sentence: "is not a duration such as 500ms, 30s, 5m, 2h or
 * 1d".
 */
bool value_int(struct str text, int64_t *value, struct err *err) MUST_CHECK;
bool value_duration(struct str text, int64_t *ms, struct err *err) MUST_CHECK; /* 500ms 30s 5m 2h 1d, and 0 */
/* 4096, 64KiB 10MiB 1GiB, 64K 10M 1G, 64kB 10MB 1GB */
bool value_size(struct str text, int64_t *bytes, struct err *err) MUST_CHECK;
bool value_bool(struct str text, bool *value, struct err *err) MUST_CHECK; /* on off, true false, yes no, 1 0 */
bool value_level(struct str text, enum log_level *level, struct err *err) MUST_CHECK;
/* http or https, a host, perhaps a port; no path, query or user */
bool value_url(struct str text, struct err *err) MUST_CHECK;

struct address {
    char host[256]; /* "" means all; IPv6 without brackets */
    uint16_t port;
};
/* 8080, host:8080, [::1]:8080 */
bool value_address(struct str text, struct address *address, struct err *err) MUST_CHECK;

/* Walks a list of addresses separated by commas or blanks; the list was checked before. Start with *rest = the list. */
bool address_next(const char **rest, struct address *address);

#endif
