/* SPDX-License-Identifier: MIT */
/* Roles (role.h). */
#include "auth/role.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name, *public_name;
} names[] = {
    [ROLE_NONE] = { NULL, NULL },
    [ROLE_ADMIN] = { "ADMIN", "admin" },
    [ROLE_DEVELOPER] = { "DEVELOPER", "developer" },
    [ROLE_ACTION_RUNNER] = { "ACTION_RUNNER", "member" },
    [ROLE_READONLY_VIEWER] = { "READONLY_VIEWER", "auditor" },
};

enum { ROLE_COUNT = sizeof names / sizeof names[0] };

/* Sets of roles, as bits. */
enum {
    A = 1 << ROLE_ADMIN,
    D = 1 << ROLE_DEVELOPER,
    M = 1 << ROLE_ACTION_RUNNER,
    R = 1 << ROLE_READONLY_VIEWER,
    ALL_ROLES = A | D | M | R,
};

static const unsigned char allowed[PERMISSION_COUNT] = {
    [READ_PROD_ACTIONS] = ALL_ROLES,
    [RUN_PROD_ACTIONS] = A | D | M,
    [WRITE_PROD_ACTIONS] = A,
    [DEQUEUE_PROD_ACTIONS] = A,
    [READ_DEV_ACTIONS] = A | D | R,
    [RUN_DEV_ACTIONS] = A | D,
    [READ_DEV_TRANSACTIONS] = A | D | R,
    [READ_PROD_TRANSACTIONS] = ALL_ROLES,
    [READ_ORG_PROD_TRANSACTIONS] = A | R,
    [READ_USERS] = A | R,
    [WRITE_USERS] = A,
    [CREATE_DEV_API_KEYS] = A | D,
    [CREATE_PROD_API_KEYS] = A,
    [READ_ORG_USER_API_KEY_EXISTENCE] = A | R,
    [DELETE_ORG_USER_API_KEYS] = A,
    [WRITE_ORG_SETTINGS] = A,
    [WRITE_ORG_OAUTH] = A,
    [ACCESS_ORG_ENVIRONMENTS] = ALL_ROLES,
};

enum role
role_parse(const char *name)
{
    for (int role = ROLE_ADMIN; name && role < ROLE_COUNT; role++)
        if (strcasecmp(name, names[role].name) == 0 || strcasecmp(name, names[role].public_name) == 0)
            return (enum role)role;
    return ROLE_NONE;
}

const char *
role_name(enum role role)
{
    return names[role].name;
}

const char *
role_public_name(enum role role)
{
    return names[role].public_name;
}

bool
role_may(enum role role, enum permission permission)
{
    return role != ROLE_NONE && (allowed[permission] >> role & 1);
}
