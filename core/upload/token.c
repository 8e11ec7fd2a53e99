/* SPDX-License-Identifier: MIT */
/* Sealed names of files (token.h): "<transaction><group><expiry> <key>" under a purpose for each direction. */
#include "upload/token.h"

#include <stdlib.h>

static const char *
purpose_of(enum upload_direction direction)
{
    return direction == UPLOAD_PUT ? "upload" : "download";
}

bool
upload_key_is_valid(const char *key)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:";
    enum { MAX_KEY = 100 };
    size_t len = strnlen(key, MAX_KEY + 1);

    return len > 0 && len <= MAX_KEY && key[0] != '.' && strspn(key, allowed) == len;
}

const char *
upload_token(struct arena *arena, const struct secrets *secrets, enum upload_direction direction,
             const struct upload_object *object, int64_t expires_at)
{
    struct uuid_text transaction = uuid_format(object->transaction), group = uuid_format(object->group);
    const char *plain = arena_printf(arena, "%s%s%lld %s", transaction.s, group.s, (long long)expires_at, object->key);

    return secrets_seal(arena, secrets->store_key, purpose_of(direction), str_of(plain));
}

bool
upload_token_open(struct arena *arena, const struct secrets *secrets, enum upload_direction direction, struct str token,
                  int64_t now, struct upload_object *object)
{
    struct str plain;
    char *end;

    if (!secrets_open(arena, secrets->store_key, purpose_of(direction), token, &plain) ||
        plain.len < 2 * UUID_TEXT_LEN || !uuid_parse((struct str){ plain.p, UUID_TEXT_LEN }, &object->transaction) ||
        !uuid_parse((struct str){ plain.p + UUID_TEXT_LEN, UUID_TEXT_LEN }, &object->group))
        return false;
    if (strtoll(plain.p + 2 * UUID_TEXT_LEN, &end, 10) <= now || *end != ' ')
        return false;
    object->key = end + 1;
    return upload_key_is_valid(object->key);
}
