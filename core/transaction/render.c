/* SPDX-License-Identifier: MIT */
/* Looking into renders (render.h). */
#include "transaction/render.h"

#include <string.h>

#include "json/read.h"

enum { DEFAULT_GRACE_MS = 5 * 60 * 1000, MAX_ARENA = 128 << 20 };

/* Most renders need no second look, and some are large. */
static bool
mentions(struct str render, const char *word)
{
    return memmem(render.p, render.len, word, strlen(word)) != NULL;
}

/* These two resolve at once at every host. */
static bool
never_waits(struct json component)
{
    struct json method = json_get(component, "methodName");

    return json_is(method, "DISPLAY_PROGRESS_STEPS") || json_is(method, "DISPLAY_PROGRESS_INDETERMINATE");
}

static void
look_at(struct json component, struct render_facts *facts)
{
    struct json method = json_get(component, "methodName");

    if (json_is(method, "CREDENTIALS"))
        facts->has_credentials = true;
    if (json_is(method, "CONFIRM_IDENTITY")) {
        facts->is_identity = true;
        facts->grace_ms = json_int(json_get(json_get(component, "props"), "gracePeriodMs"), DEFAULT_GRACE_MS);
    }
}

static void
look_closely(struct json root, bool is_paged, struct render_facts *facts)
{
    struct json components = json_get(root, "toRender");
    bool is_shown_only = true;

    for (struct json one = json_first(components); json_type(one) != JSON_MISSING; one = json_next(one)) {
        look_at(one, facts);
        is_shown_only = is_shown_only && never_waits(one);
    }
    /* Displays with buttons of their own wait for one of them in both modes. */
    if (json_count(json_get(root, "choiceButtons")) || json_type(json_get(root, "continueButton")) == JSON_OBJECT ||
        (is_paged && !is_shown_only))
        facts->waits = true;
}

struct render_facts
render_look(struct str render, bool is_interactive, bool is_paged)
{
    struct render_facts facts = { .waits = is_interactive || is_paged };
    struct arena arena;
    struct json root;
    struct err err;

    if (!mentions(render, "CREDENTIALS") && !mentions(render, "CONFIRM_IDENTITY") &&
        (is_interactive || !(mentions(render, "DISPLAY_PROGRESS_") || mentions(render, "choiceButtons") ||
                             mentions(render, "continueButton"))))
        return facts;
    arena_init(&arena, MAX_ARENA);
    facts.waits = is_interactive;
    if (json_parse(&arena, render, &root, &err))
        look_closely(root, is_paged, &facts);
    else
        facts.is_malformed = true;
    arena_fini(&arena);
    return facts;
}
