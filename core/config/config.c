/* SPDX-License-Identifier: MIT */
/* Loading the configuration (config.h): what the values are, and whether they go together. Where they come from is
 * source.c. */
#include "config/internal.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/value.h"

enum type {
    TYPE_INT,
    TYPE_SIZE,
    TYPE_DURATION,
    TYPE_BOOL,
    TYPE_LEVEL,
    TYPE_TEXT,
    TYPE_SECRET,
    TYPE_PATH,
    TYPE_URL,
    TYPE_ADDRESSES
};
enum reload { RESTART, RELOAD };
enum secrecy { PUBLIC, SECRET, KEY };

static const struct {
    enum type type;
    size_t offset;
    struct config_option shown;
} rows[] = {
#define ROW(member, type, name, fallback, min, max, reload, secrecy, text, is_host_only)                               \
    { TYPE_##type,                                                                                                     \
      offsetof(struct config, member),                                                                                 \
      { name, fallback, min, max, text, (secrecy) != PUBLIC, (secrecy) != SECRET, (reload) == RELOAD,                  \
        TYPE_##type == TYPE_BOOL, is_host_only } },
#define OPTION(...) ROW(__VA_ARGS__, false)
#define HOST_OPTION(...) ROW(__VA_ARGS__, true)
#include "config/options.def"
#undef OPTION
#undef ROW
};

/* ---- what the table says ---- */

const struct config_option *
config_option(enum config_index option)
{
    return &rows[option].shown;
}

const char *
config_origin_name(enum config_origin origin)
{
    static const char *const names[] = { "default", ".env", "environment", "file", "flag" };

    return names[origin];
}

bool
config_flag_name(enum config_index option, char *name, size_t size)
{
    size_t i;

    for (i = 0; rows[option].shown.name[i] && i + 1 < size; i++)
        name[i] = rows[option].shown.name[i] == '_' ? '-' : (char)tolower(rows[option].shown.name[i]);
    name[i] = '\0';
    return rows[option].shown.has_flag;
}

/* ---- faults ---- */

void
config_fault_add(struct load *load, const char *name, const char *value, const char *reason, const char *advice)
{
    struct config_fault *fault = arena_alloc(&load->config->arena, sizeof *fault);

    *fault = (struct config_fault){ .name = name,
                                    .value = value ? arena_strdup(&load->config->arena, value) : NULL,
                                    .reason = arena_strdup(&load->config->arena, reason),
                                    .advice = arena_strdup(&load->config->arena, advice) };
    *load->last_fault = fault;
    load->last_fault = &fault->next;
}

void
config_faults_text(const struct config *config, struct buf *out)
{
    for (const struct config_fault *fault = config->faults; fault; fault = fault->next) {
        buf_str(out, fault->name);
        if (fault->value)
            buf_printf(out, " = %s", fault->value);
        buf_printf(out, "\n    %s\n    %s\n", fault->reason, fault->advice);
    }
}

/* ---- what it is ---- */

static bool
read_number(enum type type, const char *text, int64_t *value, struct err *err)
{
    struct str view = str_of(text);

    return type == TYPE_SIZE       ? value_size(view, value, err)
           : type == TYPE_DURATION ? value_duration(view, value, err)
                                   : value_int(view, value, err);
}

static bool
set_number(const struct config_option *shown, enum type type, const char *text, int64_t *value, struct err *err)
{
    int64_t min, max;

    if (!read_number(type, text, value, err) || !read_number(type, shown->min, &min, err) ||
        !read_number(type, shown->max, &max, err))
        return false;
    return (*value >= min && *value <= max) || err_set(err, "is not between %s and %s", shown->min, shown->max);
}

static bool
set_text(const struct config_option *shown, const char *text, const char **value, struct err *err)
{
    int64_t min, max, len = (int64_t)strlen(text);

    *value = text;
    if (!len || !value_int(str_of(shown->min), &min, NULL) || !value_int(str_of(shown->max), &max, NULL))
        return true;
    if (len < min)
        return err_set(err, "is shorter than %s characters", shown->min);
    return len <= max || err_set(err, "is longer than %s characters", shown->max);
}

/* A flag is meant from where one stands, everything else from the project. */
static bool
set_path(struct load *load, enum config_origin origin, const char *text, const char **value, struct err *err)
{
    char cwd[PATH_MAX];

    if (!*text || *text == '/') {
        *value = text;
        return true;
    }
    while (strncmp(text, "./", 2) == 0)
        text += 2;
    if (origin != CONFIG_FLAG)
        *value = arena_printf(&load->config->arena, "%s/%s", load->config->project_dir, text);
    else if (getcwd(cwd, sizeof cwd))
        *value = arena_printf(&load->config->arena, "%s/%s", cwd, text);
    else
        return err_set_errno(err, "is relative, and the working directory is unknown");
    return strlen(*value) < PATH_MAX || err_set(err, "is too long for a path");
}

static bool
set_addresses(const char *text, const char **value, struct err *err)
{
    const char *rest = text;

    *value = text;
    for (;;) {
        struct str item;
        struct address address;

        rest += strspn(rest, ", \t");
        item = (struct str){ rest, strcspn(rest, ", \t") };
        if (!item.len)
            return true;
        if (!value_address(item, &address, err))
            return err_prefix(err, "%.*s", STR_ARG(item));
        rest += item.len;
    }
}

static bool
set_url(struct load *load, const char *text, const char **value, struct err *err)
{
    size_t len = strlen(text);

    if (!len)
        return true; /* complete() makes one */
    if (!value_url(str_of(text), err))
        return false;
    while (text[len - 1] == '/')
        len--;
    *value = arena_strndup(&load->config->arena, text, len);
    return true;
}

static bool
set_value(struct load *load, enum config_index option, const char *text, enum config_origin origin, struct err *err)
{
    void *place = (char *)load->config + rows[option].offset;
    const struct config_option *shown = &rows[option].shown;

    switch (rows[option].type) {
    case TYPE_INT:
    case TYPE_SIZE:
    case TYPE_DURATION:
        return set_number(shown, rows[option].type, text, place, err);
    case TYPE_BOOL:
        return value_bool(str_of(text), place, err);
    case TYPE_LEVEL:
        return value_level(str_of(text), place, err);
    case TYPE_TEXT:
    case TYPE_SECRET:
        return set_text(shown, text, place, err);
    case TYPE_PATH:
        return set_path(load, origin, text, place, err);
    case TYPE_URL:
        return set_url(load, text, place, err);
    case TYPE_ADDRESSES:
        return set_addresses(text, place, err);
    }
    return false;
}

static void
load_option(struct load *load, enum config_index option)
{
    const struct config_option *shown = &rows[option].shown;
    enum config_origin origin;
    const char *text = source_value(load, option, &origin);
    struct err err = { "" };
    bool is_valid;

    load->config->given[option].origin = origin;
    load->config->given[option].text = arena_strdup(&load->config->arena, text);
    text = load->config->given[option].text;
    if (set_value(load, option, text, origin, &err))
        return;
    config_fault_add(
        load, shown->name, shown->is_secret ? "(hidden)" : text, err.text,
        arena_printf(&load->config->arena, "It comes from: %s. %s.", config_origin_name(origin), shown->text));
    is_valid = set_value(load, option, shown->fallback, CONFIG_DEFAULT, &err);
    ASSERT(is_valid); /* or options.def is wrong */
}

/* ---- what belongs together ---- */

static bool
is_sqlite(const char *url)
{
    return !*url || strcmp(url, "sqlite") == 0 || strcmp(url, "sqlite:") == 0;
}

static void
check_together(struct load *load)
{
    struct config *config = load->config;
    const char *lone = *config->tls_cert && !*config->tls_key   ? "TLS_CERT"
                       : *config->tls_key && !*config->tls_cert ? "TLS_KEY"
                                                                : NULL;

    if (lone)
        config_fault_add(load, lone, NULL, "is set alone: TLS needs a certificate and its key",
                         "Set both TLS_CERT and TLS_KEY, or neither.");
    if (*config->tls_cert && access(config->tls_cert, R_OK) < 0)
        config_fault_add(load, "TLS_CERT", config->tls_cert, "the file cannot be read",
                         "Check its path and permissions.");
    if (*config->tls_key && access(config->tls_key, R_OK) < 0)
        config_fault_add(load, "TLS_KEY", config->tls_key, "the file cannot be read",
                         "Check its path and permissions.");
    if (config->http2)
        config_fault_add(load, "HTTP2", "on", "is not supported so far",
                         "Unset it, or let a proxy in front speak HTTP/2 with browsers.");
    if (strncmp(config->database_url, "sqlite:", 7) == 0 && !is_sqlite(config->database_url))
        config_fault_add(load, "DATABASE_URL", "(hidden)",
                         "names a file, but the SQLite databases are state.db and queue.db in DATA",
                         "Unset it, and set DATA to the directory.");
    else if (!is_sqlite(config->database_url))
        config_fault_add(
            load, "DATABASE_URL", "(hidden)", "names a database server, and only SQLite is supported so far",
            "Unset it: the databases are then files in DATA. Nothing is read from or written to the server it names.");
}

static void
complete(struct config *config)
{
    if (!config->app_url || !*config->app_url)
        config->app_url = arena_printf(&config->arena, "%s://localhost:%lld", *config->tls_cert ? "https" : "http",
                                       (long long)config->port);
}

/* ---- interface ---- */

static const char *
absolute_dir(struct arena *arena, const char *dir)
{
    char cwd[PATH_MAX];

    if (dir && *dir == '/')
        return arena_strdup(arena, dir);
    if (!getcwd(cwd, sizeof cwd))
        return arena_strdup(arena, "/");
    return !dir || strcmp(dir, ".") == 0 ? arena_strdup(arena, cwd) : arena_printf(arena, "%s/%s", cwd, dir);
}

bool
config_load(struct config *config, const struct config_input *input)
{
    struct load load = { .config = config, .input = input, .last_fault = &config->faults };

    *config = (struct config){ .is_dev = input->is_dev };
    arena_init(&config->arena, 0);
    config->project_dir = absolute_dir(&config->arena, input->project_dir);
    source_open(&load);
    for (enum config_index i = 0; i < CONFIG_OPTION_COUNT; i++)
        load_option(&load, i);
    if (!input->is_host)
        check_together(&load);
    complete(config);
    return !config->faults;
}

void
config_fini(struct config *config)
{
    arena_fini(&config->arena);
}
