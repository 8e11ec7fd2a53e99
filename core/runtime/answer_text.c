/* SPDX-License-Identifier: MIT */
/* Answers that are text: plain, formatted, email, URL (answer.h; io-methods.md 8.1, 8.2, 8.6, 8.7). */
#include "runtime/answer.h"

#include <ctype.h>
#include <stdarg.h>

#include "base/buf.h"

enum verdict
answer_refuse(struct answer *answer, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    answer->message = arena_vprintf(answer->arena, fmt, args);
    va_end(args);
    return answer->message ? ANSWER_REFUSED : ANSWER_NO_MEMORY;
}

enum verdict
answer_refuse_range(struct answer *answer, const char *what, const char *more, const char *less, const char *min,
                    const char *max)
{
    if (min && max)
        return answer_refuse(answer, "Please enter a %s between %s and %s.", what, min, max);
    return answer_refuse(answer, "Please enter a %s %s than or equal to %s.", what, min ? more : less, min ? min : max);
}

/* The text as C string in .arena. A NUL inside cannot be represented, and no field of ours can produce one. */
static enum verdict
take_text(struct answer *answer, const char **text)
{
    struct str str = json_str(answer->arena, answer->value);

    if (json_type(answer->value) != JSON_STRING)
        return ANSWER_MALFORMED;
    if (!str.p)
        return ANSWER_NO_MEMORY;
    if (!str.len)
        return ANSWER_EMPTY;
    if (memchr(str.p, 0, str.len))
        return ANSWER_MALFORMED;
    *text = str.p;
    return ANSWER_TAKEN;
}

static size_t
count_characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static const char *
characters(int count)
{
    return count == 1 ? "character" : "characters";
}

enum verdict
answer_text(struct answer *answer, const void *item)
{
    const il_text *field = item;
    const char **out = answer->out;
    enum verdict verdict = take_text(answer, out);
    size_t count;

    if (verdict != ANSWER_TAKEN)
        return verdict;
    count = count_characters(*out);
    if ((field->min_len <= 0 || count >= (size_t)field->min_len) &&
        (field->max_len <= 0 || count <= (size_t)field->max_len))
        return ANSWER_TAKEN;
    if (field->min_len > 0 && field->max_len > 0)
        return answer_refuse(answer, "Please enter a value with between %d and %d characters.", field->min_len,
                             field->max_len);
    if (field->min_len > 0)
        return answer_refuse(answer, "Please enter a value with at least %d %s.", field->min_len,
                             characters(field->min_len));
    return answer_refuse(answer, "Please enter a value with at most %d %s.", field->max_len,
                         characters(field->max_len));
}

/* Is there anything to read between the tags? */
static bool
has_content(const char *html)
{
    bool is_tag = false;

    for (; *html; html++) {
        if (!is_tag && *html != '<' && !isspace((unsigned char)*html))
            return true;
        is_tag = is_tag ? *html != '>' : *html == '<';
    }
    return false;
}

enum verdict
answer_rich_text(struct answer *answer, const void *item)
{
    const char **out = answer->out;
    enum verdict verdict = take_text(answer, out);

    (void)item;
    return verdict == ANSWER_TAKEN && !has_content(*out) ? ANSWER_EMPTY : verdict;
}

/* A run of characters allowed unquoted in an address, dots between them; returns what follows. */
static const char *
skip_dotted(const char *p, size_t *last_len, size_t *labels)
{
    const char *start = p;

    for (*labels = 0;; p++) {
        start = p;
        while (*p && !strchr("<>()[].,;:@\"\\", *p) && !isspace((unsigned char)*p))
            p++;
        *last_len = (size_t)(p - start);
        if (!*last_len)
            return start;
        ++*labels;
        if (*p != '.')
            return p;
    }
}

static bool
is_email(const char *p)
{
    size_t len, labels;

    if (*p == '"') {
        const char *quote = strrchr(p, '"');

        if (quote < p + 2)
            return false;
        p = quote + 1;
    } else {
        p = skip_dotted(p, &len, &labels);
        if (!len)
            return false;
    }
    if (*p++ != '@')
        return false;
    p = skip_dotted(p, &len, &labels);
    return !*p && labels >= 2 && count_characters(p - len) >= 2;
}

enum verdict
answer_email(struct answer *answer, const void *item)
{
    const char **out = answer->out;
    enum verdict verdict = take_text(answer, out);

    (void)item;
    if (verdict == ANSWER_TAKEN && !is_email(*out))
        return answer_refuse(answer, "Please enter a valid email address.");
    return verdict;
}

/* Length of the scheme in front of ':' (RFC 3986 3.1); 0: not a URL. */
static size_t
url_scheme(const char *url)
{
    size_t len = 0;
    bool has_authority;

    if (!isalpha((unsigned char)*url))
        return 0;
    while (isalnum((unsigned char)url[len]) || (url[len] && strchr("+-.", url[len])))
        len++;
    if (url[len] != ':')
        return 0;
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return 0;
    has_authority = !strncmp(url + len + 1, "//", 2) && url[len + 3] && !strchr("/?#:", url[len + 3]);
    if (!has_authority && (!strncasecmp(url, "http", 4) || !strncasecmp(url, "ftp", 3) || !strncasecmp(url, "ws", 2)))
        return 0;
    return url[len + 1] ? len : 0;
}

/* "https", "http or https", "a, b or c" */
static const char *
join_protocols(struct arena *arena, const char *const *list)
{
    struct buf buf;
    const char *text;

    buf_init(&buf, 4096);
    for (size_t i = 0; list[i]; i++)
        buf_printf(&buf, "%s%s", !i ? "" : list[i + 1] ? ", " : " or ", list[i]);
    text = arena_strdup(arena, buf_text(&buf));
    buf_fini(&buf);
    return text;
}

enum verdict
answer_url(struct answer *answer, const void *item)
{
    static const char *const web[] = { "http", "https", NULL };
    const il_url *field = item;
    const char *const *protocols = field->protocols ? field->protocols : web, **out = answer->out, *names;
    enum verdict verdict = take_text(answer, out);
    size_t len;

    if (verdict != ANSWER_TAKEN)
        return verdict;
    len = url_scheme(*out);
    if (!len)
        return answer_refuse(answer, "Please enter a valid URL.");
    for (size_t i = 0; protocols[i]; i++)
        if (strlen(protocols[i]) == len && !strncasecmp(protocols[i], *out, len))
            return ANSWER_TAKEN;
    names = join_protocols(answer->arena, protocols);
    return names ? answer_refuse(answer, "The URL must begin with %s.", names) : ANSWER_NO_MEMORY;
}
