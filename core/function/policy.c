/* SPDX-License-Identifier: MIT */
/* Policy documents (policy.h). */
#include "function/policy.h"

#include "base/mem.h"

bool
policy_match(struct str pattern, struct str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, resume = 0;

    while (t < text.len) {
        if (p < pattern.len && pattern.p[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.len && (pattern.p[p] == '?' || pattern.p[p] == text.p[t])) {
            p++, t++;
        } else if (star != SIZE_MAX) { /* the last star takes one more; earlier ones need not */
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.p[p] == '*')
        p++;
    return p == pattern.len;
}

/* Is it the action of calling a method? Names of actions have no case. */
static bool
action_matches(struct str pattern, struct str action)
{
    char lower[64];

    if (pattern.len > sizeof lower)
        return false;
    for (size_t i = 0; i < pattern.len; i++)
        lower[i] = pattern.p[i] >= 'A' && pattern.p[i] <= 'Z' ? (char)(pattern.p[i] | 0x20) : pattern.p[i];
    return policy_match((struct str){ lower, pattern.len }, action);
}

/* Does one of the patterns match: a text, or a list of texts? */
static bool
any_matches(struct arena *arena, struct json patterns, struct str text, bool (*matches)(struct str, struct str),
            bool *found)
{
    struct json item = json_type(patterns) == JSON_ARRAY ? json_first(patterns) : patterns;

    *found = false;
    if (json_type(patterns) != JSON_STRING && json_type(patterns) != JSON_ARRAY)
        return false;
    for (; json_type(item) != JSON_MISSING; item = json_next(item)) {
        if (json_type(item) != JSON_STRING)
            return false;
        if (matches(json_str(arena, item), text))
            *found = true;
        if (json_type(patterns) == JSON_STRING)
            break;
    }
    return true;
}

/* What would change its meaning if it were passed over. */
static bool
check_statement(struct json statement, struct err *err)
{
    static const char *const unknown[] = { "NotAction", "NotResource", "Condition" };

    if (json_type(statement) != JSON_OBJECT)
        return err_set(err, "a statement of the policy is not an object");
    if (!json_is(json_get(statement, "Effect"), "Allow") && !json_is(json_get(statement, "Effect"), "Deny"))
        return err_set(err, "a statement of the policy has neither the Effect \"Allow\" nor \"Deny\"");
    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        if (json_type(json_get(statement, unknown[i])) != JSON_MISSING)
            return err_set(err, "a statement of the policy has a %s, which is not available here", unknown[i]);
    return true;
}

enum policy_verdict
policy_judge(struct arena *arena, struct json document, struct str resource, struct err *err)
{
    struct json statements = json_get(document, "Statement");
    bool is_list = json_type(statements) == JSON_ARRAY, is_allowed = false, is_denied = false;
    struct json statement = is_list ? json_first(statements) : statements;

    if (!is_list && json_type(statements) != JSON_OBJECT) {
        err_set(err, "the policy has no Statement");
        return POLICY_MALFORMED;
    }
    for (; json_type(statement) != JSON_MISSING; statement = json_next(statement)) {
        bool is_action, is_resource;

        if (!check_statement(statement, err))
            return POLICY_MALFORMED;
        if (!any_matches(arena, json_get(statement, "Action"), STR("execute-api:invoke"), action_matches, &is_action) ||
            !any_matches(arena, json_get(statement, "Resource"), resource, policy_match, &is_resource)) {
            err_set(err, "a statement of the policy needs Action and Resource: a text or a list of texts");
            return POLICY_MALFORMED;
        }
        if (is_action && is_resource && json_is(json_get(statement, "Effect"), "Deny"))
            is_denied = true;
        else if (is_action && is_resource)
            is_allowed = true;
        if (!is_list)
            break;
    }
    return is_allowed && !is_denied ? POLICY_ALLOWED : POLICY_DENIED;
}
