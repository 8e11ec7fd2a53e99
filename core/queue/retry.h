/* SPDX-License-Identifier: MIT */
/* When something is tried again: arithmetic on values that the caller passes (functions.md 3.4). */
#ifndef QUEUE_RETRY_H
#define QUEUE_RETRY_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum retry_backoff { RETRY_EXPONENTIAL, RETRY_FULL, RETRY_EQUAL };

enum { RETRY_MAX_CODES = 32, RETRY_MAX_AFTER_S = 100000000 };

struct retry_policy {
    uint32_t retries; /* after the first attempt */
    int64_t min_wait_ms, max_wait_ms, max_age_ms;
    enum retry_backoff backoff;
    uint32_t codes[RETRY_MAX_CODES];
    uint32_t code_count;
};

/* "exponential", "full", "equal". */
bool retry_backoff_parse(const char *text, enum retry_backoff *backoff, struct err *err) MUST_CHECK;
/* "408,429,500": three-digit statuses. */
bool retry_codes_parse(const char *text, struct retry_policy *policy, struct err *err) MUST_CHECK;

bool retry_is_wanted(const struct retry_policy *policy, uint32_t status);

/* ms to wait after attempt number `attempt` (from 1) failed. `random` is any number; it decides about the jitter. */
int64_t retry_wait_ms(const struct retry_policy *policy, uint32_t attempt, uint64_t random);

/* Retry-After, seconds or HTTP date, as ms from now; negative: neither. */
int64_t retry_after_ms(struct str value, int64_t now_ms);

#endif
