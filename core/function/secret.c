/* SPDX-License-Identifier: MIT */
/* Secrets of functions (secret.h). */
#include "function/secret.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/function_secret.h"

enum { MAX_ARENA = 64 << 20 };

struct entry {
    const char *name;
    char *value;
};

struct function_secret_set {
    struct arena arena;
    size_t count;
    struct entry *entries;
};

bool
function_secret_is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.p[i], letter = (char)(c | 0x20);

        if (!((letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
            return false;
    }
    return name.len > 0 && name.len <= FUNCTION_SECRET_MAX_NAME;
}

/* A value opens only under the name it was sealed for. */
static const char *
purpose_of(struct arena *arena, const char *name)
{
    return arena_printf(arena, "function secret %s", name);
}

const char *
function_secret_seal(const struct secrets *secrets, struct arena *arena, const char *name, struct str value)
{
    return secrets_seal(arena, secrets->store_key, purpose_of(arena, name), value);
}

static bool
open_all(struct function_secret_set *set, const struct secrets *secrets, const struct function_secret *rows,
         size_t count, struct err *err)
{
    set->entries = count ? arena_alloc(&set->arena, count * sizeof *set->entries) : NULL;
    for (size_t i = 0; i < count; i++) {
        struct str value;

        if (!secrets_open(&set->arena, secrets->store_key, purpose_of(&set->arena, rows[i].name),
                          str_of(rows[i].sealed), &value))
            return err_set(err,
                           "the secret \"%s\" cannot be opened: SECRET of this server is not the one it was written "
                           "with; write it again with: interlude secrets set %s",
                           rows[i].name, rows[i].name);
        set->entries[set->count++] = (struct entry){ rows[i].name, (char *)(uintptr_t)value.p };
    }
    return true;
}

struct function_secret_set *
function_secrets_load(struct store *store, const struct secrets *secrets, const char *org_id, struct err *err)
{
    struct function_secret_set *set = mem_alloc(sizeof *set);
    struct function_secret *rows;
    size_t count;

    arena_init(&set->arena, MAX_ARENA);
    if (store_function_secret_list(store, &set->arena, org_id, &rows, &count, err) &&
        open_all(set, secrets, rows, count, err))
        return set;
    function_secrets_free(set);
    return NULL;
}

void
function_secrets_free(struct function_secret_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++)
        sodium_memzero(set->entries[i].value, strlen(set->entries[i].value));
    arena_fini(&set->arena);
    free(set);
}

const char *
function_secret_find(void *set, struct str name)
{
    const struct function_secret_set *secrets = set;

    for (size_t i = 0; i < secrets->count; i++)
        if (str_is(name, secrets->entries[i].name))
            return secrets->entries[i].value;
    return NULL;
}
