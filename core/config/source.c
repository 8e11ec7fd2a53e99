/* SPDX-License-Identifier: MIT */
/* Where the value of an option comes from: flag, environment, NAME_FILE, .env, default (internal.h). */
#include "config/internal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "config/dotenv.h"
#include "config/suggest.h"

enum { MAX_DOTENV_BYTES = 65536, MAX_SECRET_BYTES = 8192 };

static const char *
environment_value(const struct load *load, const char *name)
{
    size_t len = strlen(name);

    for (const char *const *entry = load->input->environment; entry && *entry; entry++)
        if (strncmp(*entry, name, len) == 0 && (*entry)[len] == '=')
            return *entry + len + 1;
    return NULL;
}

static const char *
dotenv_value(const struct load *load, const char *name)
{
    const char *value = NULL;

    for (const struct dotenv *setting = load->dotenv; setting; setting = setting->next)
        if (strcmp(setting->name, name) == 0)
            value = setting->value; /* the last one counts */
    return value;
}

/* Environment before .env; an empty value is as good as none (containers cannot unset). */
static const char *
setting(const struct load *load, const char *name, enum config_origin *origin)
{
    const char *value = environment_value(load, name);

    *origin = CONFIG_ENVIRONMENT;
    if (value && *value)
        return value;
    value = dotenv_value(load, name);
    *origin = CONFIG_DOTENV;
    return value && *value ? value : NULL;
}

static bool
read_whole(struct arena *arena, const char *path, size_t max, struct str *text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *p;
    ssize_t got;

    if (fd < 0)
        return false;
    p = arena_alloc(arena, max + 1);
    for (text->len = 0; (got = read(fd, p + text->len, max - text->len)) > 0;)
        text->len += (size_t)got;
    close(fd);
    text->p = p;
    return got == 0;
}

/* NAME_FILE: for secrets that a container or a service manager hands over as a file. */
static const char *
secret_from_file(struct load *load, const char *name, const char *direct)
{
    const char *file_name = arena_printf(&load->config->arena, "%s_FILE", name);
    enum config_origin origin;
    const char *path = setting(load, file_name, &origin);
    struct str text;

    if (!path)
        return NULL;
    if (direct) {
        config_fault_add(load, file_name, path, arena_printf(&load->config->arena, "%s is set as well", name),
                         "Remove one of the two.");
        return NULL;
    }
    if (!read_whole(&load->config->arena, path, MAX_SECRET_BYTES, &text)) {
        config_fault_add(load, file_name, path, "the file cannot be read",
                         "Check its path and permissions, or unset the name.");
        return NULL;
    }
    while (text.len && (text.p[text.len - 1] == '\n' || text.p[text.len - 1] == '\r'))
        text.len--;
    return text.len ? arena_strndup(&load->config->arena, text.p, text.len) : NULL;
}

static const char *
flag_value(const struct load *load, enum config_index option)
{
    const char *value = NULL;

    for (size_t i = 0; i < load->input->flag_count; i++)
        if (load->input->flags[i].option == option)
            value = load->input->flags[i].value;
    return value;
}

const char *
source_value(struct load *load, enum config_index option, enum config_origin *origin)
{
    const struct config_option *shown = config_option(option);
    const char *value = flag_value(load, option), *from_file;

    if (value) {
        *origin = CONFIG_FLAG;
        return value;
    }
    value = setting(load, shown->name, origin);
    from_file = shown->is_secret ? secret_from_file(load, shown->name, value) : NULL;
    if (from_file) {
        *origin = CONFIG_FILE;
        return from_file;
    }
    if (value)
        return value;
    *origin = CONFIG_DEFAULT;
    return shown->fallback;
}

/* ---- .env ---- */

static void
check_dotenv_name(struct load *load, const struct dotenv *setting)
{
    struct suggestion suggestion = { .wanted = str_of(setting->name) };

    for (enum config_index i = 0; i < CONFIG_OPTION_COUNT; i++) {
        const char *name = config_option(i)->name;
        size_t len = strlen(name);

        if (strncmp(setting->name, name, len) == 0 &&
            (!setting->name[len] || strcmp(setting->name + len, "_FILE") == 0))
            return;
        suggest(&suggestion, name);
    }
    if (suggestion.best && suggestion.distance == 1) /* further away it is more likely someone else's name */
        config_fault_add(load, setting->name, NULL,
                         arena_printf(&load->config->arena, ".env line %u: there is no such option", setting->line),
                         arena_printf(&load->config->arena, "Did you mean %s?", suggestion.best));
}

void
source_open(struct load *load)
{
    const char *path = arena_printf(&load->config->arena, "%s/.env", load->config->project_dir);
    struct str text;
    struct err err;

    if (access(path, F_OK) < 0)
        return;
    if (!read_whole(&load->config->arena, path, MAX_DOTENV_BYTES, &text)) {
        config_fault_add(load, path, NULL, "the file cannot be read", "Check its permissions.");
        return;
    }
    if (text.len == MAX_DOTENV_BYTES) {
        config_fault_add(load, path, NULL, "is larger than 64 KiB", "Keep only settings in it.");
        return;
    }
    if (!dotenv_parse(&load->config->arena, text, &load->dotenv, &err))
        config_fault_add(load, path, NULL, err.text, "Correct that line; a comment begins with #.");
    for (const struct dotenv *setting = load->dotenv; setting; setting = setting->next)
        check_dotenv_name(load, setting);
}
