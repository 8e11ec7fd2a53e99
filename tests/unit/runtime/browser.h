/* SPDX-License-Identifier: MIT */
/*
 * The other end of a run, for tests of the IO half: takes the place of the process half (core/runtime/run.h), keeps
 * what was sent, and answers from a script. One run at a time.
 *
 * A script is a list of lines, one per run_wait:
 *   "RETURN [\"Ann\"]"          answers the render that waits; "RETURN:book […]" with that button pressed
 *   "STATE [{…}]"               a SET_STATE for it
 *   "STATE@0 [{…}]"             the same for the render that was sent first
 *   "RAW {…}"                   any text; its group is that of the last render
 *   NULL                        the person leaves
 */
#ifndef TEST_BROWSER_H
#define TEST_BROWSER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/id.h"
#include "base/mem.h"
#include "interlude.h"
#include "json/read.h"
#include "json/validate.h"
#include "runtime/run.h"

/* As in sdk-headers/module-flags: lists of short literals are how routes are written. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

enum { MAX_SENT = 256 };

struct sent {
    enum link_method method;
    struct link_subject group;
    unsigned flags, status;
    char *json; /* NUL-terminated */
};

static struct {
    struct run run;
    struct sent sent[MAX_SENT];
    atomic_size_t sent_count;  /* the thread that sends loading states counts too */
    const char *const *script; /* next line */
    size_t script_left;
    struct run_answer answer;
    char *answer_text;
    const char *refusal; /* what the next run_call is refused with */
} browser;

const il_api *il_api_;

/* ---- the process half */

static void
remember(enum link_method method, struct link_subject group, unsigned flags, unsigned status, struct str payload)
{
    assert_true(browser.sent_count < MAX_SENT);
    assert_true(!payload.len || json_validate(payload, 0, NULL, NULL)); /* the server refuses anything else */
    browser.sent[browser.sent_count++] =
        (struct sent){ method, group, flags, status, payload.len ? mem_strndup(payload.p, payload.len) : NULL };
}

bool
run_call(struct run *run, enum link_method method, struct link_subject group, unsigned flags, unsigned status,
         struct str payload, struct err *refusal)
{
    (void)run;
    remember(method, group, flags, status, payload);
    if (!browser.refusal)
        return true;
    err_set(refusal, "%s", browser.refusal);
    browser.refusal = NULL;
    return false;
}

void
run_post(struct run *run, enum link_method method, struct str payload)
{
    (void)run;
    remember(method, (struct link_subject){ { 0 } }, 0, 0, payload);
}

int
run_cancel_fd(struct run *run)
{
    (void)run;
    return -1;
}

bool
run_sleep(struct run *run, int64_t timeout_ms)
{
    (void)timeout_ms;
    return !run_is_canceled(run);
}

/* The n-th render, or the last one (n < 0). */
static const struct sent *
render(int n)
{
    const struct sent *found = NULL;

    for (size_t i = 0; i < browser.sent_count; i++)
        if (browser.sent[i].method == LINK_SEND_IO_CALL) {
            found = &browser.sent[i];
            if (n >= 0 && --n < 0)
                break;
        }
    assert_non_null(found);
    return found;
}

static struct link_subject
page_group(const struct sent *page)
{
    struct arena arena;
    struct json root;
    struct uuid key;
    struct link_subject group;

    arena_init(&arena, 0);
    assert_true(json_parse(&arena, str_of(page->json), &root, NULL));
    assert_true(uuid_parse(json_str(&arena, json_get(json_get(root, "children"), "inputGroupKey")), &key));
    memcpy(group.bytes, key.bytes, sizeof group.bytes);
    arena_fini(&arena);
    return group;
}

/* Makes the IoResponse that a line of the script means. */
static void
answer_with(const char *line)
{
    const char *values = strchr(line, ' ') + 1, *choice = strchr(line, ':'), *number = strchr(line, '@');
    int choice_len = choice && choice < values ? (int)(values - choice - 2) : 0;
    struct buf text;

    browser.answer.group = browser.run.is_page
                               ? page_group(&browser.sent[browser.sent_count - 1])
                               : render(number && number < values ? (int)strtol(number + 1, NULL, 10) : -1)->group;
    buf_init(&text, 64 << 20);
    if (!strncmp(line, "RAW ", 4))
        buf_str(&text, values);
    else
        buf_printf(&text, "{\"id\":\"UNKNOWN\",\"transactionId\":\"t\",\"kind\":\"%s\",\"values\":%s%s%.*s%s}",
                   line[0] == 'R' ? "RETURN" : "SET_STATE", values, choice_len ? ",\"choice\":\"" : "", choice_len,
                   choice ? choice + 1 : "", choice_len ? "\"" : "");
    free(browser.answer_text);
    browser.answer_text = buf_take(&text, &browser.answer.json.len);
    browser.answer.json.p = browser.answer_text;
}

enum run_event
run_wait(struct run *run, int64_t timeout_ms, const struct run_answer **answer)
{
    (void)timeout_ms;
    assert_true(browser.script_left > 0); /* the handler waits for more than the test expects */
    browser.script_left--;
    if (!*browser.script) {
        atomic_store(&run->is_canceled, true);
        return RUN_CANCELED;
    }
    answer_with(*browser.script++);
    *answer = &browser.answer;
    return RUN_ANSWER;
}

/* ---- for tests */

static const char default_inputs[] =
    "{\"transactionId\":\"t\",\"displayResolvesImmediately\":true,\"actionName\":\"a\",\"action\":{\"slug\":\"a\","
    "\"url\":\"http://h/a\"},"
    "\"environment\":\"production\",\"organization\":{\"name\":\"Acme\",\"slug\":\"acme\"},"
    "\"user\":{\"email\":\"ann@example.com\",\"firstName\":\"Ann\",\"lastName\":null,\"role\":\"admin\",\"teams\":["
    "\"support\"]},"
    "\"params\":{\"q\":\"x\",\"when\":\"1970-01-01T00:00:00.001Z\",\"n\":3,\"a.b\":\"Infinity\"},"
    "\"paramsMeta\":{\"values\":{\"when\":[\"Date\"],\"a\\\\.b\":[\"number\"]}}}";

static void
browser_close(void)
{
    runtime_run_free(&browser.run);
    arena_fini(&browser.run.arena);
    for (size_t i = 0; i < browser.sent_count; i++)
        free(browser.sent[i].json);
    free(browser.answer_text);
    memset(&browser, 0, sizeof browser);
}

static void
browser_open(const il_route *route, const char *inputs)
{
    il_api_ = runtime_api();
    browser_close();
    arena_init(&browser.run.arena, RUN_ARENA_MAX);
    browser.run.route = route;
    browser.run.is_page = route->kind == IL_KIND_PAGE;
    browser.run.inputs = str_of(inputs);
}

/* Runs an action against a script and leaves what it sent in `browser`. Ends with browser_close. */
#define run_action(fn, ...)                                                                                            \
    run_action_(&(const il_route)IL_ROUTE_ACTION("a", fn), default_inputs, (const char *const[]){ __VA_ARGS__ },       \
                sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))
#define run_unasked(fn) run_action_(&(const il_route)IL_ROUTE_ACTION("a", fn), default_inputs, NULL, 0)

static inline void
run_action_(const il_route *route, const char *inputs, const char *const *script, size_t lines)
{
    browser_open(route, inputs);
    browser.script = script;
    browser.script_left = lines;
    runtime_action(&browser.run);
    assert_int_equal(browser.script_left, 0);
}

static inline const struct sent *
last_sent(enum link_method method)
{
    assert_true(browser.sent_count > 0);
    assert_int_equal(browser.sent[browser.sent_count - 1].method, method);
    return &browser.sent[browser.sent_count - 1];
}

/* ---- comparing JSON: keys in any order, "*" in the expected text stands for anything */

static bool
json_same(struct arena *arena, struct json is, struct json wanted)
{
    if (json_is(wanted, "*"))
        return json_type(is) != JSON_MISSING;
    if (json_type(is) != json_type(wanted) || json_count(is) != json_count(wanted))
        return false;
    if (json_type(is) == JSON_STRING)
        return str_eq(json_str(arena, is), json_str(arena, wanted));
    if (json_type(is) == JSON_ARRAY) {
        struct json a = json_first(is), b = json_first(wanted);

        for (; json_type(a); a = json_next(a), b = json_next(b))
            if (!json_same(arena, a, b))
                return false;
        return true;
    }
    if (json_type(is) != JSON_OBJECT)
        return str_eq(json_raw(is), json_raw(wanted));
    for (struct json member = json_first(wanted); json_type(member); member = json_next(member))
        if (!json_same(arena, json_get(is, json_key(arena, member).p), member))
            return false;
    return true;
}

/* Compares the value at path ("toRender.0.props"; "" = all of it) with the expected text. */
static inline void
assert_json(const char *text, const char *path, const char *wanted)
{
    struct arena arena;
    struct json is, want;
    struct err err;
    char key[64];

    arena_init(&arena, 0);
    if (!json_parse(&arena, str_of(text), &is, &err) || !json_parse(&arena, str_of(wanted), &want, &err))
        fail_msg("%s", err.text);
    while (*path) {
        size_t len = strcspn(path, ".");

        snprintf(key, sizeof key, "%.*s", (int)len, path);
        is = json_type(is) == JSON_ARRAY ? json_at(is, strtoul(key, NULL, 10)) : json_get(is, key);
        path += len + (path[len] == '.');
    }
    if (!json_same(&arena, is, want))
        fail_msg("\n   is: %.*s\nwanted: %s", (int)json_raw(is).len, json_raw(is).p, wanted);
    arena_fini(&arena);
}

/* The render's message of field i; NULL: of the form. */
static inline void
assert_message(const struct sent *sent, const char *path, const char *message)
{
    char full[64], quoted[512];

    snprintf(full, sizeof full, "%s%svalidationErrorMessage", path, *path ? "." : "");
    snprintf(quoted, sizeof quoted, "\"%s\"", message);
    assert_json(sent->json, full, quoted);
}

#endif
