/* SPDX-License-Identifier: MIT */
/*
 * Every answer that a field takes, refuses with a message, or cannot be (io-methods.md 8). Covers answer_number, _date
 * and _select too.
 */
#include "browser.h"

/* What the handler under test asks; its variables. */
static const il_item *item;
static const char *text;
static double number;
static bool flag, present;
static il_date date;
static il_time hour;
static il_datetime when;
static size_t one;
static il_indexes many;

static il_status
ask(il_ctx *ctx)
{
    return il_ask(ctx, item);
}

/* The field says this about the value, and takes the good one afterwards. */
static void
assert_field(const il_item *asked, const char *value, const char *message, const char *good)
{
    char first[4096], second[256];

    item = asked;
    snprintf(first, sizeof first, "RETURN [%s]", value);
    snprintf(second, sizeof second, "RETURN [%s]", good);
    run_action(ask, first, second);
    assert_message(render(1), "toRender.0", message);
    assert_int_equal(last_sent(LINK_COMPLETE)->status, LINK_SUCCESS);
    assert_int_equal(browser.sent_count, 3);
    browser_close();
}

static void
assert_taken(const il_item *asked, const char *value)
{
    char line[4096];

    item = asked;
    snprintf(line, sizeof line, "RETURN [%s]", value);
    run_action(ask, line);
    assert_int_equal(browser.sent_count, 2);
    assert_int_equal(last_sent(LINK_COMPLETE)->status, LINK_SUCCESS);
}

static void
assert_malformed(const il_item *asked, const char *value)
{
    char line[4096];

    item = asked;
    snprintf(line, sizeof line, "RETURN [%s]", value);
    run_action(ask, line);
    assert_json(last_sent(LINK_COMPLETE)->json, "data.error", "\"IL_BAD_RESPONSE\"");
    browser_close();
}

static void
test_text(void **state)
{
    (void)state;
    assert_field(IL_TEXT(&text, "t"), "\"\"", "This field is required.", "\"x\"");
    assert_field(IL_TEXT(&text, "t"), "null", "This field is required.", "\"x\"");
    assert_field(IL_TEXT(&text, "t", .min_len = 5, .max_len = 20), "\"abcd\"",
                 "Please enter a value with between 5 and 20 characters.", "\"abcde\"");
    assert_field(IL_TEXT(&text, "t", .min_len = 5, .max_len = 20), "\"123456789012345678901\"",
                 "Please enter a value with between 5 and 20 characters.", "\"12345678901234567890\"");
    assert_field(IL_TEXT(&text, "t", .min_len = 5), "\"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\"",
                 "Please enter a value with at least 5 characters.", "\"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\"");
    assert_field(IL_TEXT(&text, "t", .max_len = 3), "\"abcd\"", "Please enter a value with at most 3 characters.",
                 "\"abc\"");
    assert_field(IL_TEXT(&text, "t", .max_len = 1), "\"ab\"", "Please enter a value with at most 1 character.",
                 "\"\\ud83d\\ude00\"");
    assert_taken(IL_TEXT(&text, "t"), "\" a\\u00e4\\n\\\"\"");
    assert_string_equal(text, " a\xc3\xa4\n\"");
    browser_close();
    assert_malformed(IL_TEXT(&text, "t"), "5");
    assert_malformed(IL_TEXT(&text, "t"), "{\"a\":1}");
    assert_malformed(IL_TEXT(&text, "t"), "\"a\\u0000b\"");
}

static void
test_email(void **state)
{
    static const char *const wrong[] = { "\"a\"",        "\"a@b\"",      "\"a@b.c\"",    "\"@b.cd\"",   "\"a b@c.de\"",
                                         "\"a@b..cd\"",  "\"a@@b.cd\"",  "\"a@b.cd.\"",  "\"a.@b.cd\"", "\"a@b,c.de\"",
                                         "\"a@b.cd x\"", "\"<a@b.cd>\"", "\"\\\"@b.cd\"" };
    static const char *const right[] = { "\"a@b.cd\"", "\"ann.lee+x@mail.example.com\"", "\"\\\"ann lee\\\"@b.cd\"",
                                         "\"\xc3\xa4@b\xc3\xa4.de\"" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_field(IL_EMAIL(&text, "e"), wrong[i], "Please enter a valid email address.", "\"a@b.cd\"");
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        assert_taken(IL_EMAIL(&text, "e"), right[i]);
        browser_close();
    }
    assert_taken(IL_EMAIL(&text, "e", .optional = true), "\"\"");
    assert_null(text);
    browser_close();
    assert_malformed(IL_EMAIL(&text, "e"), "[]");
}

static void
test_url(void **state)
{
    static const char *const wrong[] = { "\"x\"",    "\"http:\"",      "\"http://\"",   "\"https:///a\"",
                                         "\"://a\"", "\"http://a b\"", "\"1http://a\"", "\"https:\"" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_field(IL_URL(&text, "u"), wrong[i], "Please enter a valid URL.", "\"http://a\"");
    assert_field(IL_URL(&text, "u", .protocols = IL_TEXTS("https")), "\"http://a?https\"",
                 "The URL must begin with https.", "\"HTTPS://a/b?c#d\"");
    assert_field(IL_URL(&text, "u"), "\"ftp://a\"", "The URL must begin with http or https.", "\"http://a\"");
    assert_field(IL_URL(&text, "u", .protocols = IL_TEXTS("https", "sftp", "mailto")), "\"javascript:alert(1)\"",
                 "The URL must begin with https, sftp or mailto.", "\"mailto:ann@example.com\"");
    assert_malformed(IL_URL(&text, "u"), "true");
}

static void
test_number(void **state)
{
    (void)state;
    assert_field(IL_NUMBER(&number, "n", .min = IL_SET(13)), "12", "Please enter a number greater than or equal to 13.",
                 "13");
    assert_field(IL_NUMBER(&number, "n", .max = IL_SET(-0.5), .decimals = 1), "0",
                 "Please enter a number less than or equal to -0.5.", "-0.5");
    assert_field(IL_NUMBER(&number, "n", .min = IL_SET(9), .max = IL_SET(10)), "11",
                 "Please enter a number between 9 and 10.", "9");
    assert_field(IL_NUMBER(&number, "n", .decimals = 2), "1.255", "Please enter a number with up to 2 decimal places.",
                 "1.25");
    assert_field(IL_NUMBER(&number, "n", .decimals = 1), "1.25", "Please enter a number with up to 1 decimal place.",
                 "1.2");
    assert_field(IL_NUMBER(&number, "n", .currency = "USD"), "0.001",
                 "Please enter a number with up to 2 decimal places.", "0.10");
    assert_field(IL_NUMBER(&number, "n"), "1.5", "Please enter a whole number.", "1e2");
    assert_field(IL_NUMBER(&number, "n"), "15e-1", "Please enter a whole number.", "150e-1");
    assert_field(IL_NUMBER(&number, "n"), "1e999", "Please enter a valid number.", "1.5e1");
    /* Range goes before decimals. */
    assert_field(IL_NUMBER(&number, "n", .min = IL_SET(9)), "1.5", "Please enter a number greater than or equal to 9.",
                 "9");
    assert_taken(IL_NUMBER(&number, "n", .present = &present, .min = IL_SET(1)), "null");
    assert_false(present);
    assert_true(number == 0);
    browser_close();
    assert_taken(IL_NUMBER(&number, "n", .present = &present, .decimals = 2), "-1.25");
    assert_true(present);
    assert_true(number == -1.25);
    browser_close();
    assert_malformed(IL_NUMBER(&number, "n"), "\"12\"");
}

static void
test_boolean(void **state)
{
    (void)state;
    assert_taken(IL_BOOLEAN(&flag, "b"), "true");
    assert_true(flag);
    browser_close();
    assert_malformed(IL_BOOLEAN(&flag, "b"), "\"True\"");
    assert_malformed(IL_BOOLEAN(&flag, "b"), "1");
}

static void
test_date(void **state)
{
    const il_item *between = IL_DATE(&date, "d", .min = IL_YMD(2000, 1, 1), .max = IL_YMD(2022, 12, 30));
    static const char good[] = "{\"year\":2022,\"month\":12,\"day\":30,\"jsDate\":\"x\"}";
    static const char *const wrong[] = { "{}",
                                         "{\"year\":2023,\"month\":2,\"day\":29}",
                                         "{\"year\":2024,\"month\":0,\"day\":1}",
                                         "{\"year\":2024,\"month\":1,\"day\":1.5}",
                                         "{\"year\":1e9,\"month\":1,\"day\":1}",
                                         "{\"year\":\"2024\",\"month\":1,\"day\":1}",
                                         "{\"year\":0,\"month\":1,\"day\":1}" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_field(IL_DATE(&date, "d"), wrong[i], "Please enter a valid date.",
                     "{\"year\":2024,\"month\":2,\"day\":29}");
    assert_field(between, "{\"year\":1999,\"month\":12,\"day\":31}",
                 "Please enter a date between January 1, 2000 and December 30, 2022.", good);
    assert_field(IL_DATE(&date, "d", .min = IL_YMD(2000, 1, 1)), "{\"year\":1999,\"month\":12,\"day\":31}",
                 "Please enter a date later than or equal to January 1, 2000.", good);
    assert_field(IL_DATE(&date, "d", .max = IL_YMD(2022, 12, 30)), "{\"year\":2022,\"month\":12,\"day\":31}",
                 "Please enter a date earlier than or equal to December 30, 2022.", good);
    assert_int_equal(date.day, 30);
    assert_malformed(IL_DATE(&date, "d"), "\"2024-01-01\"");
}

static void
test_time(void **state)
{
    (void)state;
    assert_field(IL_TIME(&hour, "t"), "{\"hour\":24,\"minute\":0}", "Please enter a valid time.",
                 "{\"hour\":23,\"minute\":59}");
    assert_field(IL_TIME(&hour, "t", .min = IL_HM(8, 30), .max = IL_HM(20, 0)), "{\"hour\":8,\"minute\":29}",
                 "Please enter a time between 8:30 AM and 8:00 PM.", "{\"hour\":20,\"minute\":0}");
    assert_field(IL_TIME(&hour, "t", .min = IL_HM(12, 5)), "{\"hour\":12,\"minute\":4}",
                 "Please enter a time later than or equal to 12:05 PM.", "{\"hour\":12,\"minute\":5}");
    assert_field(IL_TIME(&hour, "t", .max = IL_HM(0, 0)), "{\"hour\":0,\"minute\":1}",
                 "Please enter a time earlier than or equal to 12:00 AM.", "{\"hour\":0,\"minute\":0}");
    assert_malformed(IL_TIME(&hour, "t"), "12");
}

static void
test_datetime(void **state)
{
    static const char good[] = "{\"year\":2022,\"month\":12,\"day\":30,\"hour\":13,\"minute\":0}";

    (void)state;
    assert_field(IL_DATETIME(&when, "w"), "{\"year\":2022,\"month\":12,\"day\":30}", "Please enter a valid date.",
                 good);
    assert_field(IL_DATETIME(&when, "w", .min = IL_YMDHM(2000, 1, 1, 7, 30), .max = IL_YMDHM(2022, 12, 30, 13, 0)),
                 "{\"year\":2022,\"month\":12,\"day\":30,\"hour\":13,\"minute\":1}",
                 "Please enter a date between Jan 1, 2000, 7:30 AM and Dec 30, 2022, 1:00 PM.", good);
    assert_malformed(IL_DATETIME(&when, "w"), "[1]");
}

#define ABC IL_OPTIONS(IL_OPT("A", "a"), IL_OPT("B", "b"), { .label = "c" })

static void
test_select(void **state)
{
    (void)state;
    assert_field(IL_SELECT(&one, "s", ABC), "{\"label\":\"X\",\"value\":\"x\"}", "Please choose from what is offered.",
                 "{\"label\":\"c\",\"value\":\"c\"}");
    assert_int_equal(one, 2);
    assert_field(IL_SELECT(&one, "s", ABC), "{\"value\":1}", "Please choose from what is offered.",
                 "{\"value\":\"a\"}");
    assert_field(IL_SELECT(&one, "s", ABC), "{}", "Please choose from what is offered.", "{\"value\":\"a\"}");
    assert_taken(IL_SELECT(&one, "s", ABC, .optional = true), "null");
    assert_true(one == IL_NONE);
    browser_close();
    assert_malformed(IL_SELECT(&one, "s", ABC), "\"a\"");
}

static void
test_select_many(void **state)
{
    static const char ba[] = "[{\"value\":\"b\"},{\"value\":\"a\"},{\"value\":\"b\"}]";

    (void)state;
    assert_field(IL_SELECT_MANY(&many, "m", ABC, .min_selections = 1), "[]", "Please make at least 1 selection.", ba);
    assert_field(IL_SELECT_MANY(&many, "m", ABC, .min_selections = 2), "[{\"value\":\"b\"},{\"value\":\"b\"}]",
                 "Please make at least 2 selections.", ba);
    assert_field(IL_SELECT_MANY(&many, "m", ABC, .max_selections = 2),
                 "[{\"value\":\"a\"},{\"value\":\"b\"},{\"value\":\"c\"}]", "Please make no more than 2 selections.",
                 ba);
    assert_field(IL_SELECT_MANY(&many, "m", ABC), "[{\"value\":\"z\"}]", "Please choose from what is offered.", ba);
    assert_taken(IL_SELECT_MANY(&many, "m", ABC), ba);
    assert_int_equal(many.n, 2);
    assert_int_equal(many.v[0], 1);
    assert_int_equal(many.v[1], 0);
    browser_close();
    assert_taken(IL_SELECT_MANY(&many, "m", ABC), "[]");
    assert_int_equal(many.n, 0);
    browser_close();
    assert_malformed(IL_SELECT_MANY(&many, "m", ABC), "{}");
}

/* A field that cannot be changed gives what the author put there, whatever the browser claims. */
static void
test_disabled(void **state)
{
    (void)state;
    assert_taken(IL_TEXT(&text, "t", .value = "mine", .disabled = true), "\"forged\"");
    assert_string_equal(text, "mine");
    browser_close();
    assert_taken(IL_NUMBER(&number, "n", .value = IL_SET(7), .disabled = true), "null");
    assert_true(number == 7);
    browser_close();
    assert_taken(IL_SELECT(&one, "s", ABC, .value = "b", .disabled = true), "{\"value\":\"a\"}");
    assert_int_equal(one, 1);
    browser_close();
    assert_taken(IL_TEXT(&text, "t", .disabled = true), "\"forged\"");
    assert_null(text);
    browser_close();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),        cmocka_unit_test(test_email),    cmocka_unit_test(test_url),
        cmocka_unit_test(test_number),      cmocka_unit_test(test_boolean),  cmocka_unit_test(test_date),
        cmocka_unit_test(test_time),        cmocka_unit_test(test_datetime), cmocka_unit_test(test_select),
        cmocka_unit_test(test_select_many), cmocka_unit_test(test_disabled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
