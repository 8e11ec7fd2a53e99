/* SPDX-License-Identifier: MIT */
/*
 * The life of an IO call: waiting, validators, choices, cancel, display mode, what is dropped (io-methods.md 1, 4, 5).
 */
#include "browser.h"

#include "runtime/io.h"

static int calls_of_validator, calls_of_form;

static const char *
work_address(il_ctx *ctx, const void *out, void *user)
{
    calls_of_validator++;
    assert_string_equal(user, "user");
    return strstr(*(const char *const *)out, "@example.com") ? NULL : il_fmt(ctx, "Not %s.", *(const char *const *)out);
}

struct booking {
    const char *owner;
    double seats;
    bool has_seats;
};

static const char *
room_fits(il_ctx *ctx, void *user)
{
    const struct booking *b = user;

    (void)ctx;
    calls_of_form++;
    return b->has_seats && b->seats > 6 ? "The room is too small." : NULL;
}

static il_status
book(il_ctx *ctx)
{
    struct booking b = { 0 };

    IL_TRY(il_ask_form(ctx, IL_FORM(.validate = room_fits, .user = &b), IL_MARKDOWN("Book"),
                       IL_EMAIL(&b.owner, "Owner", .validate = work_address, .user = (void *)(uintptr_t) "user"),
                       IL_NUMBER(&b.seats, "Seats", .present = &b.has_seats)));
    return il_return(ctx, { "owner", IL_S(b.owner) }, { "seats", b.has_seats ? IL_N(b.seats) : IL_NIL });
}

static void
test_validators(void **state)
{
    (void)state;
    calls_of_validator = calls_of_form = 0;
    run_action(book, "RETURN [null,\"x\",1.5]", "RETURN [null,\"a@b.cd\",1]", "RETURN [null,\"a@example.com\",7]",
               "RETURN [null,\"a@example.com\",null]");
    assert_message(render(1), "toRender.1", "Please enter a valid email address.");
    assert_message(render(1), "toRender.2", "Please enter a whole number.");
    assert_message(render(2), "toRender.1", "Not a@b.cd.");
    assert_message(render(3), "", "The room is too small.");
    assert_json(render(3)->json, "toRender.1",
                "{\"methodName\":\"INPUT_EMAIL\",\"label\":\"Owner\",\"isStateful\":false,\"isOptional\":false,"
                "\"isMultiple\":false,\"props\":{}}");
    /* The author's validators see only what passed the declared limits, the form's only what all fields passed. */
    assert_int_equal(calls_of_validator, 3);
    assert_int_equal(calls_of_form, 2);
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "{\"owner\":\"a@example.com\",\"seats\":null}");
    browser_close();
}

static il_status
choose(il_ctx *ctx)
{
    const char *choice = NULL;

    IL_TRY(il_ask_form(ctx,
                       IL_FORM(.choice = &choice, .choices = IL_CHOICES(IL_CHOICE("Yes", "y"), IL_CHOICE("No", NULL))),
                       IL_MARKDOWN("?")));
    return il_return_str(ctx, choice);
}

static void
test_choices(void **state)
{
    (void)state;
    run_action(choose, "RETURN [null]", "RETURN:forged [null]", "RETURN:No [null]");
    assert_json(render(0)->json, "choiceButtons",
                "[{\"label\":\"Yes\",\"value\":\"y\"},{\"label\":\"No\",\"value\":\"No\"}]");
    assert_message(render(1), "", "Please use one of the buttons.");
    assert_message(render(2), "", "Please use one of the buttons.");
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "\"No\"");
    browser_close();
}

static il_status
plain_choice(il_ctx *ctx)
{
    const char *choice = NULL, *name;

    IL_TRY(il_ask_form(ctx, IL_FORM(.choice = &choice), IL_TEXT(&name, "N")));
    return il_return_str(ctx, choice);
}

static void
test_continue(void **state)
{
    (void)state;
    run_action(plain_choice, "RETURN:forged [\"x\"]");
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "\"Continue\"");
    browser_close();
}

static il_status second_status;

static il_status
two_questions(il_ctx *ctx)
{
    const char *a, *b;
    il_status status = il_ask(ctx, IL_TEXT(&a, "A"));

    if (status != IL_OK) {
        second_status = il_ask(ctx, IL_TEXT(&b, "B"));
        assert_int_equal(il_redirect(ctx, .route = "r"), IL_CLOSED);
        assert_true(il_canceled(ctx));
    }
    return status;
}

static void
test_cancel(void **state)
{
    (void)state;
    run_action(two_questions, NULL);
    assert_int_equal(second_status, IL_CLOSED);
    assert_int_equal(browser.sent_count, 1); /* the question, and nothing after the cancel */
    browser_close();
}

static il_status
gives_up(il_ctx *ctx)
{
    (void)ctx;
    return IL_CANCELED;
}

static void
test_gives_up(void **state)
{
    (void)state;
    run_unasked(gives_up);
    assert_int_equal(last_sent(LINK_COMPLETE)->status, LINK_CANCELED);
    browser_close();
}

static il_status
one_question(il_ctx *ctx)
{
    const char *name;

    IL_TRY(il_ask(ctx, IL_TEXT(&name, "N")));
    return il_return_str(ctx, name);
}

static void
test_dropped(void **state)
{
    (void)state;
    run_action(one_question, "RAW {", "RAW {}", "RAW [1]", "RAW {\"kind\":\"CANCELED\",\"values\":[]}", "STATE [null]",
               "RETURN [\"Ann\"]");
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "\"Ann\"");
    browser_close();
    run_action(one_question, "RETURN []");
    assert_json(last_sent(LINK_COMPLETE)->json, "data",
                "{\"error\":\"IL_BAD_RESPONSE\",\"message\":\"the browser sent 0 values for 1 items\"}");
    browser_close();
    run_action(one_question, "RETURN [\"a\",\"b\"]");
    assert_json(last_sent(LINK_COMPLETE)->json, "data.error", "\"IL_BAD_RESPONSE\"");
    browser_close();
}

static void
test_refused(void **state)
{
    (void)state;
    browser_open(&(const il_route)IL_ROUTE_ACTION("a", one_question), default_inputs);
    browser.refusal = "not now";
    runtime_action(&browser.run);
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "{\"error\":\"IL_RENDER_ERROR\",\"message\":\"not now\"}");
    browser_close();
}

static il_status
shows(il_ctx *ctx)
{
    IL_TRY(il_show(ctx, IL_MARKDOWN("a")));
    return il_show(ctx, IL_MARKDOWN("b"));
}

/* io-methods.md 1.1: append mode goes on at once, otherwise each display waits for Continue. */
static void
test_display_modes(void **state)
{
    (void)state;
    run_unasked(shows);
    assert_int_equal(browser.sent_count, 3);
    browser_close();
    run_action_(&(const il_route)IL_ROUTE_ACTION("a", shows), "{}",
                (const char *const[]){ "RETURN [null]", "RETURN [null]" }, 2);
    assert_int_equal(browser.sent_count, 3);
    browser_close();
}

static il_status
no_rows(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    const char *name;

    (void)query;
    (void)rows;
    (void)user;
    assert_int_equal(il_ask(ctx, IL_TEXT(&name, "N")), IL_INVALID);
    return IL_OK;
}

static const char *
asks_again(il_ctx *ctx, const void *out, void *user)
{
    bool yes;

    (void)out;
    (void)user;
    assert_int_equal(il_confirm(ctx, "?", NULL, &yes), IL_INVALID);
    return NULL;
}

static il_status
asks_in_callbacks(il_ctx *ctx)
{
    const char *name;

    return il_ask(ctx, IL_TEXT(&name, "N", .validate = asks_again),
                  IL_TABLE("T", .rows = no_rows, IL_COLUMNS({ "a" })));
}

static void
test_callbacks_cannot_ask(void **state)
{
    (void)state;
    run_action(asks_in_callbacks, "RETURN [\"x\",null]");
    assert_int_equal(last_sent(LINK_COMPLETE)->status, LINK_SUCCESS);
    browser_close();
}

/* Answers that are refused do not pile up; answers that were taken stay. */
static const char *first_answer;

static il_status
long_answers(il_ctx *ctx)
{
    const char *more;

    IL_TRY(il_ask(ctx, IL_TEXT(&first_answer, "N", .max_len = 5)));
    IL_TRY(il_ask(ctx, IL_TEXT(&more, "N")));
    return il_return_str(ctx, il_fmt(ctx, "%s %s", first_answer, more));
}

static void
test_memory(void **state)
{
    static char big[1 << 20] = "RETURN [\"";
    const char *script[102];

    (void)state;
    memset(big + 9, 'x', sizeof big - 12);
    memcpy(big + sizeof big - 3, "\"]", 3);
    for (size_t i = 0; i < 100; i++)
        script[i] = big;
    script[100] = "RETURN [\"Ann\"]";
    script[101] = "RETURN [\"Lee\"]";
    run_action_(&(const il_route)IL_ROUTE_ACTION("a", long_answers), default_inputs, script, 102);
    assert_json(last_sent(LINK_COMPLETE)->json, "data", "\"Ann Lee\"");
    assert_true(browser.run.io->held_bytes < 64 << 10);
    browser_close();
}

static il_status
hoards(il_ctx *ctx)
{
    const char *name;

    while (il_api_->alloc(ctx, 1 << 20))
        ;
    assert_null(il_fmt(ctx, "%s", "x"));
    return il_ask(ctx, IL_TEXT(&name, "N"));
}

static void
test_memory_limit(void **state)
{
    (void)state;
    run_unasked(hoards);
    assert_json(last_sent(LINK_COMPLETE)->json, "data",
                "{\"error\":\"IL_NO_MEMORY\",\"message\":\"the run holds 64 MiB of texts, rows and il_new\"}");
    browser_close();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validators),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_continue),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_gives_up),
        cmocka_unit_test(test_dropped),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_display_modes),
        cmocka_unit_test(test_callbacks_cannot_ask),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
