/* SPDX-License-Identifier: MIT */
/* Roles and what they may (server.md 3.10, with the planned addition for auditors). */
#ifndef AUTH_ROLE_H
#define AUTH_ROLE_H

#include <stdbool.h>
#include <stdint.h>

enum role { ROLE_NONE, ROLE_ADMIN, ROLE_DEVELOPER, ROLE_ACTION_RUNNER, ROLE_READONLY_VIEWER };

enum permission {
    READ_PROD_ACTIONS,
    RUN_PROD_ACTIONS,
    WRITE_PROD_ACTIONS,
    DEQUEUE_PROD_ACTIONS,
    READ_DEV_ACTIONS,
    RUN_DEV_ACTIONS,
    READ_DEV_TRANSACTIONS,
    READ_PROD_TRANSACTIONS,
    READ_ORG_PROD_TRANSACTIONS,
    READ_USERS,
    WRITE_USERS,
    CREATE_DEV_API_KEYS,
    CREATE_PROD_API_KEYS,
    READ_ORG_USER_API_KEY_EXISTENCE,
    DELETE_ORG_USER_API_KEYS,
    WRITE_ORG_SETTINGS,
    WRITE_ORG_OAUTH,
    ACCESS_ORG_ENVIRONMENTS,
    PERMISSION_COUNT,
};

enum role role_parse(const char *name); /* "ADMIN" … as stored, or as SDKs and people write it ("member"); else NONE */
const char *role_name(enum role role);  /* as stored; NULL for NONE */
const char *
role_public_name(enum role role); /* "admin", "developer", "member", "auditor": what SDK and dashboard see */
bool role_may(enum role role, enum permission permission);

#endif
