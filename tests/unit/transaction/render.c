/* SPDX-License-Identifier: MIT */
/* What the server learns of a render: who has to answer, and what it must not pass on. */
#include "transaction/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"

#define RENDER(components, more) "{\"id\":\"x\",\"toRender\":[" components "]" more "}"
#define METHOD(name) "{\"methodName\":\"" name "\",\"label\":\"\",\"props\":{}}"

static void
who_waits(void **state)
{
    static const struct {
        const char *render;
        bool is_interactive, is_paged, waits;
    } cases[] = {
        { RENDER(METHOD("INPUT_TEXT"), ""), true, false, true },
        { RENDER(METHOD("DISPLAY_TABLE"), ""), false, false, false },
        { RENDER(METHOD("DISPLAY_TABLE"), ""), false, true, true },
        { RENDER(METHOD("DISPLAY_PROGRESS_STEPS"), ""), false, true, false },
        { RENDER(METHOD("DISPLAY_PROGRESS_INDETERMINATE"), ""), false, true, false },
        { RENDER(METHOD("DISPLAY_PROGRESS_THROUGH_LIST"), ""), false, true, true },
        { RENDER(METHOD("DISPLAY_PROGRESS_STEPS") "," METHOD("DISPLAY_HEADING"), ""), false, true, true },
        { RENDER(METHOD("DISPLAY_HEADING"), ",\"choiceButtons\":[{\"label\":\"a\"}]"), false, false, true },
        { RENDER(METHOD("DISPLAY_HEADING"), ",\"choiceButtons\":[]"), false, false, false },
        { RENDER(METHOD("DISPLAY_HEADING"), ",\"choiceButtons\":null"), false, true, true },
        { RENDER(METHOD("DISPLAY_HEADING"), ",\"continueButton\":{}"), false, false, true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (render_look(str_of(cases[i].render), cases[i].is_interactive, cases[i].is_paged).waits != cases[i].waits)
            fail_msg("%s", cases[i].render);
}

static void
what_is_special(void **state)
{
    struct render_facts facts;

    (void)state;
    facts = render_look(STR(RENDER(METHOD("CREDENTIALS"), "")), true, false);
    assert_true(facts.has_credentials && facts.waits);
    facts = render_look(STR(RENDER("{\"methodName\":\"INPUT_TEXT\",\"label\":\"CREDENTIALS\"}", "")), true, false);
    assert_false(facts.has_credentials);
    facts = render_look(STR(RENDER(METHOD("CONFIRM_IDENTITY"), "")), true, false);
    assert_true(facts.is_identity && facts.waits);
    assert_int_equal(facts.grace_ms, 300000);
    facts = render_look(
        STR(RENDER("{\"methodName\":\"CONFIRM_IDENTITY\",\"label\":\"\",\"props\":{\"gracePeriodMs\":0}}", "")), true,
        false);
    assert_true(facts.is_identity && facts.grace_ms == 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_waits),
        cmocka_unit_test(what_is_special),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
