/* SPDX-License-Identifier: MIT */
/* Sign-in attempts and settings (login.h). */
#include "store/login.h"

#include "base/clock.h"
#include "base/id.h"
#include "store/query.h"

void
store_login_add(struct store_write *write, const char *email_norm, const char *ip, bool ok, const char *reason,
                int64_t at)
{
    struct uuid_text id = uuid_format(uuid_v7());

    STORE_ADD(write, SQL_LOGIN_ATTEMPT_ADD, STORE_ONE, v_text(id.s), v_text(email_norm), v_text(ip), v_int(ok),
              v_text(reason), v_int(at));
}

void
store_login_sweep(struct store_write *write, int64_t before)
{
    STORE_ADD(write, SQL_LOGIN_ATTEMPT_SWEEP, STORE_ANY, v_int(before));
}

bool
store_login_failures(struct store *store, const char *email_norm, const char *ip, int64_t since,
                     struct login_failures *failures, struct err *err)
{
    struct store_rows rows;
    struct arena arena;
    bool ok;

    arena_init(&arena, 0);
    ok = STORE_READ(store, &arena, &rows, err, SQL_LOGIN_ATTEMPT_FAILED, v_text(email_norm), v_text(ip), v_int(since));
    if (ok)
        *failures = (struct login_failures){
            .of_account = row_int(&rows, 0, 0),
            .account_last_at = row_int(&rows, 0, 1),
            .of_address = row_int(&rows, 0, 2),
            .address_last_at = row_int(&rows, 0, 3),
        };
    arena_fini(&arena);
    return ok;
}

void
store_setting_put(struct store_write *write, const char *name, const char *value)
{
    STORE_ADD(write, SQL_SETTING_PUT, STORE_ONE, v_text(name), v_text(value), v_int(clock_wall_ms()));
}

bool
store_setting_get(struct store *store, struct arena *arena, const char *name, const char **value, struct err *err)
{
    struct store_rows rows;

    if (!STORE_READ(store, arena, &rows, err, SQL_SETTING_GET, v_text(name)))
        return false;
    *value = rows.count ? row_text(&rows, 0, 0) : NULL;
    return true;
}
