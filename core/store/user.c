/* SPDX-License-Identifier: MIT */
/* Rows of people (user.h). */
#include "store/user.h"

#include "base/clock.h"
#include "base/id.h"
#include "store/query.h"

enum { MAX_EMAIL = 254 }; /* RFC 5321 4.5.3.1.3, less the brackets */

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *
email_normalize(struct arena *arena, const char *email)
{
    const char *at;
    size_t len;
    char *copy;

    while (is_space(*email))
        email++;
    len = strlen(email);
    while (len && is_space(email[len - 1]))
        len--;
    at = memchr(email, '@', len);
    if (len > MAX_EMAIL || !at || at == email || at == email + len - 1)
        return NULL;
    copy = arena_strndup(arena, email, len);
    if (!copy)
        return NULL;
    for (char *p = copy; *p; p++) {
        if (is_space(*p) || (unsigned char)*p < 0x20)
            return NULL;
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p | 0x20);
    }
    return copy;
}

void
store_user_insert(struct store_write *write, const struct user *user)
{
    struct uuid_text id = uuid_format(uuid_v7());
    int64_t now = clock_wall_ms();

    STORE_ADD(write, SQL_USER_INSERT, STORE_ONE, v_text(user->id ? user->id : id.s), v_text(user->email),
              v_text(email_normalize(&write->arena, user->email)), v_text(user->password_hash),
              v_time(user->password_hash ? now : 0), v_text(user->first_name), v_text(user->last_name),
              v_int(user->is_instance_admin), v_int(now));
}

void
store_user_set_password(struct store_write *write, const char *id, const char *password_hash)
{
    STORE_ADD(write, SQL_USER_SET_PASSWORD, STORE_ONE, v_text(id), v_text(password_hash), v_int(clock_wall_ms()));
}

static bool
find(struct store *store, struct arena *arena, enum state_query query, const char *key, struct user **user,
     struct err *err)
{
    struct store_rows rows;

    *user = NULL;
    if (!STORE_READ(store, arena, &rows, err, query, v_text(key)))
        return false;
    if (!rows.count)
        return true;
    *user = arena_alloc(arena, sizeof **user);
    if (!*user)
        return records_fit(NULL, &rows, err);
    **user = (struct user){
        .id = row_text(&rows, 0, 0),
        .email = row_text(&rows, 0, 1),
        .password_hash = row_text(&rows, 0, 2),
        .first_name = row_text(&rows, 0, 3),
        .last_name = row_text(&rows, 0, 4),
        .is_instance_admin = row_int(&rows, 0, 5) != 0,
        .created_at = row_int(&rows, 0, 6),
    };
    return true;
}

bool
store_user_by_email(struct store *store, struct arena *arena, const char *email, struct user **user, struct err *err)
{
    const char *norm = email_normalize(arena, email);

    *user = NULL;
    return norm ? find(store, arena, SQL_USER_BY_EMAIL, norm, user, err) : true;
}

bool
store_user_by_id(struct store *store, struct arena *arena, const char *id, struct user **user, struct err *err)
{
    return find(store, arena, SQL_USER_BY_ID, id, user, err);
}

bool
store_user_count(struct store *store, int64_t *count, struct err *err)
{
    struct store_rows rows;
    struct arena arena;
    bool ok;

    arena_init(&arena, 0);
    ok = store_read(store, &arena, &rows, err, SQL_USER_COUNT, NULL, 0);
    *count = ok ? row_int(&rows, 0, 0) : 0;
    arena_fini(&arena);
    return ok;
}
