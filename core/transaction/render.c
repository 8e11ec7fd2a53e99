/* SPDX-License-Identifier: MIT */
/* Looking into renders (render.h). */
#include "transaction/render.h"

#include <stdlib.h>
#include <string.h>

#include "json/peek.h"

enum { DEFAULT_GRACE_MS = 5 * 60 * 1000 };

/* Most renders need no second look, and some are large. */
static bool
mentions(struct str render, const char *word)
{
    return memmem(render.p, render.len, word, strlen(word)) != NULL;
}

static bool
has_method(struct str component, const char *name)
{
    return str_is(json_peek_text(json_peek(component, "methodName")), name);
}

static int64_t
grace_of(struct str component)
{
    struct str number = json_peek(json_peek(component, "props"), "gracePeriodMs");

    /* what stands behind a number ends it */
    return number.len && number.p[0] >= '0' && number.p[0] <= '9' ? strtoll(number.p, NULL, 10) : DEFAULT_GRACE_MS;
}

/* These two resolve at once at every host. */
static bool
never_waits(struct str component)
{
    return has_method(component, "DISPLAY_PROGRESS_STEPS") || has_method(component, "DISPLAY_PROGRESS_INDETERMINATE");
}

static bool
has_buttons(struct str render)
{
    struct str buttons = json_peek(render, "choiceButtons"), first;
    struct str button = json_peek(render, "continueButton");
    size_t at = 0;

    return json_peek_next(buttons, &at, &first) || (button.len && button.p[0] == '{');
}

static void
look_closely(struct str render, bool is_paged, struct render_facts *facts)
{
    struct str components = json_peek(render, "toRender"), component;
    bool is_progress_only = true;
    size_t at = 0;

    while (json_peek_next(components, &at, &component)) {
        is_progress_only = is_progress_only && never_waits(component);
        if (has_method(component, "CREDENTIALS"))
            facts->has_credentials = true;
        if (has_method(component, "CONFIRM_IDENTITY")) {
            facts->is_identity = true;
            facts->grace_ms = grace_of(component);
        }
    }
    /* Displays with buttons of their own wait for one of them in both modes. */
    if (has_buttons(render) || (is_paged && !is_progress_only))
        facts->waits = true;
}

struct render_facts
render_look(struct str render, bool is_interactive, bool is_paged)
{
    struct render_facts facts = { .waits = is_interactive };

    if (is_paged || mentions(render, "CREDENTIALS") || mentions(render, "CONFIRM_IDENTITY") ||
        (!is_interactive && (mentions(render, "choiceButtons") || mentions(render, "continueButton"))))
        look_closely(render, is_paged, &facts);
    return facts;
}
