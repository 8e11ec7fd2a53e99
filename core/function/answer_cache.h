/* SPDX-License-Identifier: MIT */
/* Answers of authorizers, remembered for a time. Bounded; each http thread has its own. */
#ifndef FUNCTION_ANSWER_CACHE_H
#define FUNCTION_ANSWER_CACHE_H

#include <stdint.h>

#include "base/list.h"
#include "base/map.h"

enum { ANSWER_CACHE_MAX = 4096, ANSWER_MAX_LEN = 16 << 10 };

struct answer_cache {
    struct map answers;
    struct list order; /* the oldest first */
};

void answer_cache_init(struct answer_cache *cache);
void answer_cache_fini(struct answer_cache *cache);

/* p NULL: none that is in force. It stays until the next put. */
struct str answer_cache_find(struct answer_cache *cache, struct str key, int64_t now_ms);

/* Copies both; an answer that is too long is not kept, the oldest one makes room. */
void answer_cache_put(struct answer_cache *cache, struct str key, struct str answer, int64_t until_ms);

#endif
