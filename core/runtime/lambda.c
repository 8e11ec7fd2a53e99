/* SPDX-License-Identifier: MIT */
/* Lambda-proxy results (lambda.h). */
#include "runtime/lambda.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "json/peek.h"
#include "json/read.h"
#include "json/validate.h"
#include "json/write.h"
#include "runtime/base64.h"
#include "runtime/event.h"
#include "runtime/fields.h"
#include "runtime/response.h"

/* One result on its way into an answer. */
struct lambda {
    il_response *res;
    struct arena *arena;
    struct json root;
    bool is_v1, has_type;
};

static bool
out_of_memory(struct err *err)
{
    return err_set(err, "the request holds too much memory for its result");
}

/* ---- headers */

static bool
put_header(struct lambda *lambda, const char *name, const char *value, struct err *err)
{
    il_status status;

    if (strcasecmp(name, "content-type") == 0)
        lambda->has_type = true;
    status = response_header(lambda->res, name, value);
    if (status == IL_NO_MEMORY)
        return err_set(err, "the result has too many headers, or too large ones");
    return status == IL_OK ? true
                           : err_set(err, "header %.60s of the result has a character that no header may have", name);
}

/* A string, number or boolean as text. */
static bool
put_value(struct lambda *lambda, const char *name, struct json value, struct err *err)
{
    enum json_type type = json_type(value);
    struct str raw = json_raw(value);
    const char *text = type == JSON_STRING                        ? json_text(lambda->arena, value)
                       : type == JSON_NUMBER || type == JSON_BOOL ? arena_strndup(lambda->arena, raw.p, raw.len)
                                                                  : NULL;

    if (!text)
        return err_set(err, "header %.60s of the result is no string, number or boolean", name);
    return put_header(lambda, name, text, err);
}

/* NULL: it has a NUL inside. */
static const char *
name_of(struct lambda *lambda, struct json member)
{
    struct str name = json_key(lambda->arena, member);

    return name.p && !memchr(name.p, '\0', name.len) ? name.p : NULL;
}

static bool
put_lists(struct lambda *lambda, struct json lists, struct err *err)
{
    for (struct json list = json_first(lists); json_type(list) != JSON_MISSING; list = json_next(list)) {
        const char *name = name_of(lambda, list);

        if (!name || json_type(list) != JSON_ARRAY)
            return err_set(err, "multiValueHeaders of the result has a member that is no list");
        for (struct json one = json_first(list); json_type(one) != JSON_MISSING; one = json_next(one))
            if (!put_value(lambda, name, one, err))
                return false;
    }
    return true;
}

/* Is it the name of this member or of one behind it? */
static bool
comes(struct lambda *lambda, const char *name, struct json member)
{
    for (; json_type(member) != JSON_MISSING; member = json_next(member)) {
        const char *other = name_of(lambda, member);

        if (other && strcasecmp(other, name) == 0)
            return true;
    }
    return false;
}

/* Of names that differ only in case the last counts: two lines of Content-Type would be no answer at all. */

static bool
put_singles(struct lambda *lambda, struct json singles, struct json lists, struct err *err)
{
    for (struct json value = json_first(singles); json_type(value) != JSON_MISSING; value = json_next(value)) {
        const char *name = name_of(lambda, value);

        if (!name)
            return err_set(err, "a header of the result has a NUL in its name");
        if (!comes(lambda, name, json_next(value)) && !comes(lambda, name, json_first(lists)) &&
            !put_value(lambda, name, value, err))
            return false;
    }
    return true;
}

static bool
put_cookies(struct lambda *lambda, struct json cookies, struct err *err)
{
    for (struct json one = json_first(cookies); json_type(one) != JSON_MISSING; one = json_next(one)) {
        const char *text = json_text(lambda->arena, one);

        if (!text)
            return err_set(err, "cookies of the result has an element that is no string");
        if (!put_header(lambda, "set-cookie", text, err))
            return false;
    }
    return true;
}

/* Absent and null are the same. false: there, and of another type. */
static bool
is_type_or_absent(struct json node, enum json_type type)
{
    return json_type(node) == type || json_type(node) == JSON_MISSING || json_type(node) == JSON_NULL;
}

static bool
put_headers(struct lambda *lambda, struct err *err)
{
    struct json singles = json_get(lambda->root, "headers"), none = { NULL, -1 };
    struct json lists = lambda->is_v1 ? json_get(lambda->root, "multiValueHeaders") : none;
    struct json cookies = lambda->is_v1 ? none : json_get(lambda->root, "cookies");

    if (!is_type_or_absent(singles, JSON_OBJECT) || !is_type_or_absent(lists, JSON_OBJECT) ||
        !is_type_or_absent(cookies, JSON_ARRAY))
        return err_set(err, "headers, multiValueHeaders or cookies of the result is not of the right type");
    if (json_count(singles) + json_count(lists) > RESPONSE_MAX_HEADERS)
        return err_set(err, "the result has more than %d headers", RESPONSE_MAX_HEADERS);
    if (json_type(lists) != JSON_OBJECT)
        lists = none;
    return put_singles(lambda, singles, lists, err) && put_lists(lambda, lists, err) &&
           put_cookies(lambda, cookies, err);
}

/* ---- status and body */

static bool
read_status(struct lambda *lambda, int *status, struct err *err)
{
    struct json node = json_get(lambda->root, "statusCode");
    struct str digits = json_type(node) == JSON_STRING ? json_str(lambda->arena, node) : (struct str){ 0 };
    int64_t value = json_int(node, 0);

    if (digits.len > 0 && digits.len <= 3 && strspn(digits.p, "0123456789") == digits.len)
        for (size_t i = 0; i < digits.len; i++)
            value = value * 10 + (digits.p[i] - '0');
    if (value < 100 || value > 599)
        return err_set(err, "statusCode of the result is missing or is not 100 to 599");
    *status = (int)value;
    return true;
}

static bool
read_body(struct lambda *lambda, struct str *body, struct err *err)
{
    struct json node = json_get(lambda->root, "body"), flag = json_get(lambda->root, "isBase64Encoded");
    char *bytes;

    if (!is_type_or_absent(node, JSON_STRING))
        return err_set(err, "body of the result is no string");
    *body = json_str(lambda->arena, node);
    if (!body->p)
        *body = STR("");
    if (!json_bool(flag, false))
        return true;
    bytes = arena_alloc(lambda->arena, body->len / 4 * 3 + 1);
    if (!bytes)
        return out_of_memory(err);
    if (!base64_decode(*body, bytes, &body->len))
        return err_set(err, "body of the result is not base64, which isBase64Encoded promises");
    body->p = bytes;
    return true;
}

static bool
set_answer(struct lambda *lambda, int status, struct str body, struct err *err)
{
    const char *type = lambda->has_type ? NULL : "application/json";

    if (response_body(lambda->res, status, type, body.p, body.len) == IL_OK)
        return true;
    return err_set(err, "%s", lambda->res->problem ? lambda->res->problem : "the request holds too much memory");
}

static bool
convert_object(struct lambda *lambda, struct err *err)
{
    struct str body;
    int status = 0;

    return read_status(lambda, &status, err) && put_headers(lambda, err) && read_body(lambda, &body, err) &&
           set_answer(lambda, status, body, err);
}

/* httpApi: a result without statusCode is the body; of a string, its text. */
static bool
convert_plain(struct lambda *lambda, struct str text, struct err *err)
{
    struct json root;

    if (json_peek_text(text).p && *text.p == '"') {
        if (!json_parse(lambda->arena, text, &root, err))
            return false;
        text = json_str(lambda->arena, root);
    }
    return set_answer(lambda, 200, text, err);
}

static struct str
trimmed(struct str text)
{
    while (text.len && strchr(" \t\r\n", *text.p))
        text.p++, text.len--;
    while (text.len && strchr(" \t\r\n", text.p[text.len - 1]))
        text.len--;
    return text;
}

static bool
convert(struct lambda *lambda, struct str text, struct err *err)
{
    enum event_kind kind = event_kind(lambda->res->request);
    bool is_object;

    if (text.len > RESULT_MAX)
        return err_set(err, "the result has %zu bytes, at most %d are possible", text.len, RESULT_MAX);
    if (!json_validate(text, 0, NULL, err))
        return err_prefix(err, "the result is not JSON");
    text = trimmed(text);
    if (kind == EVENT_RAW)
        return set_answer(lambda, 200, text, err) && (lambda->res->is_result = true);
    lambda->is_v1 = kind != EVENT_V2;
    is_object = *text.p == '{';
    if (!lambda->is_v1 && (!is_object || !json_peek(text, "statusCode").len))
        return convert_plain(lambda, text, err);
    if (!is_object)
        return err_set(err, "the result is no object with statusCode");
    return json_parse(lambda->arena, text, &lambda->root, err) && convert_object(lambda, err);
}

il_status
lambda_respond(il_response *res, const char *json)
{
    struct lambda lambda = { .res = res, .arena = &res->request->arena };
    struct err err;

    response_clear(res);
    if (json && convert(&lambda, str_of(json), &err))
        return IL_OK;
    response_clear(res);
    res->problem = json ? arena_strdup(lambda.arena, err.text) : "the handler gave no result";
    return IL_INVALID;
}

/* ---- the other way */

/* The value of the last header of that name counts in `headers`. */
static bool
is_last(const char *name, const char *behind, uint32_t left)
{
    while (left--) {
        const char *value = behind + strlen(behind) + 1;

        if (strcasecmp(behind, name) == 0)
            return false;
        behind = value + strlen(value) + 1;
    }
    return true;
}

static void
put_list(struct json_out *out, const char *name, const char *at, uint32_t left)
{
    json_name(out, name);
    json_array(out);
    while (left--) {
        const char *value = at + strlen(at) + 1;

        if (strcasecmp(at, name) == 0)
            json_put_text(out, value);
        at = value + strlen(value) + 1;
    }
    json_array_end(out);
}

static void
put_answer_headers(struct json_out *out, const il_response *res, bool as_lists)
{
    const char *at = res->heads.p;

    json_name(out, as_lists ? "multiValueHeaders" : "headers");
    json_object(out);
    for (uint32_t left = res->header_count; left--;) {
        const char *value = at + strlen(at) + 1, *next = value + strlen(value) + 1;

        if (is_last(at, next, left)) {
            if (as_lists) {
                put_list(out, at, res->heads.p, res->header_count);
            } else {
                json_name(out, at);
                json_put_text(out, value);
            }
        }
        at = next;
    }
    json_object_end(out);
}

static bool
has_repetitions(const il_response *res)
{
    const char *at = res->heads.p;

    for (uint32_t left = res->header_count; left--;) {
        const char *value = at + strlen(at) + 1, *next = value + strlen(value) + 1;

        if (!is_last(at, next, left))
            return true;
        at = next;
    }
    return false;
}

bool
lambda_put_answer(struct buf *json, const il_response *res)
{
    struct str body = buf_view(&res->body);
    bool as_base64 = body.len && (!str_is_utf8(body) || memchr(body.p, '\0', body.len));
    struct json_out out;

    json_out_init(&out, json);
    json_object(&out);
    json_pair_int(&out, "statusCode", res->status);
    put_answer_headers(&out, res, false);
    if (has_repetitions(res))
        put_answer_headers(&out, res, true);
    json_name(&out, "body");
    if (as_base64)
        base64_put(&out, body);
    else
        json_put_str(&out, body);
    json_pair_bool(&out, "isBase64Encoded", as_base64);
    json_object_end(&out);
    return !json->over && json->len <= RESULT_MAX;
}
