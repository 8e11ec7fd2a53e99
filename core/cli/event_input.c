/* SPDX-License-Identifier: MIT */
/* Reading an event (event_input.h). */
#include "cli/event_input.h"

#include <stdio.h>
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
    while ((len = fread(part, 1, sizeof part, file)) > 0)
        buf_put(text, part, len);
    if (ferror(file))
        return err_set_errno(err, "cannot read %s", path);
    return true;
}

static bool
read_data(const struct arguments *arguments, struct buf *text, struct err *err)
{
    const char *data = argument(arguments, "data"), *path = argument(arguments, "path");
    FILE *file;
    bool is_ok;

    if (data) {
        buf_str(text, data);
        return true;
    }
    if (!path)
        return isatty(STDIN_FILENO) || read_file("the standard input", stdin, text, err);
    file = fopen(path, "r");
    is_ok = read_file(path, file, text, err);
    if (file)
        fclose(file);
    return is_ok;
}

bool
event_input_read(const struct arguments *arguments, struct buf *event, struct err *err)
{
    struct json_out out;
    struct buf text;
    bool is_ok;

    buf_init(&text, EVENT_INPUT_MAX);
    is_ok = read_data(arguments, &text, err);
    if (is_ok && !text.len)
        buf_str(event, "{}");
    else if (is_ok && !argument_is_set(arguments, "raw") && json_validate(buf_view(&text), 0, NULL, NULL))
        buf_put(event, text.p, text.len);
    else if (is_ok) {
        json_out_init(&out, event);
        json_put_str(&out, buf_view(&text));
    }
    if (is_ok && (text.over || event->over))
        is_ok = err_set(err, "the event has more than %d bytes", EVENT_INPUT_MAX);
    buf_fini(&text);
    return is_ok;
}
