/* SPDX-License-Identifier: MIT */
/* People as runs know them (viewer.h). */
#include "transaction/viewer.h"

#include "auth/role.h"
#include "transaction/internal.h"

struct principal
principal_copy(struct arena *texts, const struct principal *principal)
{
    return (struct principal){
        .user_id = arena_strdup(texts, principal->user_id),
        .email = arena_strdup(texts, principal->email),
        .first_name = principal->first_name ? arena_strdup(texts, principal->first_name) : NULL,
        .last_name = principal->last_name ? arena_strdup(texts, principal->last_name) : NULL,
        .role = arena_strdup(texts, principal->role),
        .organization = arena_strdup(texts, principal->organization),
        .organization_name = arena_strdup(texts, principal->organization_name),
        .organization_id = arena_strdup(texts, principal->organization_id),
    };
}

void
principal_to_json(const struct principal *who, struct json_out *out)
{
    json_object(out);
    json_pair_text(out, "email", who->email);
    json_pair_text(out, "firstName", who->first_name);
    json_pair_text(out, "lastName", who->last_name);
    json_pair_text(out, "role", who->role);
    json_name(out, "teams");
    json_array(out);
    json_array_end(out);
    json_object_end(out);
}

bool
principal_may_run(const struct principal *principal, const struct scope *scope)
{
    bool is_development = strcmp(scope->environment, "development") == 0;

    return strcmp(principal->organization, scope->organization) == 0 &&
           role_may(role_parse(principal->role), is_development ? RUN_DEV_ACTIONS : RUN_PROD_ACTIONS);
}
