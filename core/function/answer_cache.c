/* SPDX-License-Identifier: MIT */
/* Answers of authorizers (answer_cache.h). */
#include "function/answer_cache.h"

#include <stdlib.h>

#include "base/mem.h"

struct answer {
    struct list link; /* in cache.order */
    int64_t until_ms;
    char *key, *text;
    size_t key_len, len;
};

void
answer_cache_init(struct answer_cache *cache)
{
    map_init(&cache->answers);
    list_init(&cache->order);
}

static void
forget(struct answer_cache *cache, struct answer *answer)
{
    map_remove(&cache->answers, (struct str){ answer->key, answer->key_len });
    list_remove(&answer->link);
    free(answer->key);
    free(answer->text);
    free(answer);
}

void
answer_cache_fini(struct answer_cache *cache)
{
    LIST_EACH(&cache->order, node)
    forget(cache, LIST_ENTRY(node, struct answer, link));
    map_fini(&cache->answers);
}

struct str
answer_cache_find(struct answer_cache *cache, struct str key, int64_t now_ms)
{
    struct answer *answer = map_find(&cache->answers, key);

    if (answer && now_ms < answer->until_ms)
        return (struct str){ answer->text, answer->len };
    if (answer)
        forget(cache, answer);
    return (struct str){ NULL, 0 };
}

void
answer_cache_put(struct answer_cache *cache, struct str key, struct str text, int64_t until_ms)
{
    struct answer *answer = map_find(&cache->answers, key);

    if (answer)
        forget(cache, answer);
    if (text.len > ANSWER_MAX_LEN)
        return;
    if (cache->answers.count >= ANSWER_CACHE_MAX)
        forget(cache, LIST_ENTRY(cache->order.next, struct answer, link));
    answer = mem_alloc(sizeof *answer);
    *answer = (struct answer){ .until_ms = until_ms,
                               .key = mem_strndup(key.p, key.len),
                               .key_len = key.len,
                               .text = mem_strndup(text.p, text.len),
                               .len = text.len };
    list_add_tail(&cache->order, &answer->link);
    map_set(&cache->answers, key, answer);
}
