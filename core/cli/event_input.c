/* SPDX-License-Identifier: MIT */
/* Reading an event (event_input.h). */
#include "cli/event_input.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "json/validate.h"
#include "json/write.h"

static bool
read_file(const char *path, FILE *file, struct buf *text, struct err *err)
{
    char part[1 << 16];
    size_t len;

    if (!file)
        return err_set_errno(err, "cannot read %s", path);
    while (!text->over && (len = fread(part, 1, sizeof part, file)) > 0)
        buf_put(text, part, len);
    return !ferror(file) || err_set_errno(err, "cannot read %s", path);
}

bool
event_input_text(const struct arguments *arguments, struct buf *text, struct err *err)
{
    const char *data = argument(arguments, "data"), *path = argument(arguments, "path");
    bool is_ok = true;
    FILE *file;

    if (data && path)
        return err_set(err, "--data and --path are both given; the event comes from one of them");
    if (data) {
        buf_str(text, data);
    } else if (path && strcmp(path, "-") != 0) {
        file = fopen(path, "r");
        is_ok = read_file(path, file, text, err);
        if (file)
            fclose(file);
    } else if (path || !isatty(STDIN_FILENO)) {
        is_ok = read_file("the standard input", stdin, text, err);
    }
    return is_ok && text->over ? err_set(err, "there are more than %zu bytes to send", text->max) : is_ok;
}

/* A mistake in JSON would otherwise arrive as a text, and only the function could notice. */
static bool
put_event(struct buf *event, struct str text, bool is_raw, struct err *err)
{
    const char *first = text.p, *end = text.p + text.len;
    struct json_out out;

    if (!is_raw && json_validate(text, 0, NULL, err)) {
        buf_put(event, text.p, text.len);
        return true;
    }
    while (first < end && strchr(" \t\r\n", *first))
        first++;
    if (!is_raw && first < end && (*first == '{' || *first == '['))
        return err_prefix(err, "the event is not JSON (--raw sends it as a text)");
    json_out_init(&out, event);
    json_put_str(&out, text);
    return true;
}

bool
event_input_read(const struct arguments *arguments, struct buf *event, struct err *err)
{
    struct buf text;
    bool is_ok;

    buf_init(&text, EVENT_INPUT_MAX);
    is_ok = event_input_text(arguments, &text, err);
    if (is_ok && !text.len)
        buf_str(event, "{}");
    else if (is_ok)
        is_ok = put_event(event, buf_view(&text), argument_is_set(arguments, "raw"), err);
    if (is_ok && event->over)
        is_ok = err_set(err, "the event has more than %d bytes", EVENT_INPUT_MAX);
    buf_fini(&text);
    return is_ok;
}
