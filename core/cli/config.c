/* SPDX-License-Identifier: MIT */
/* interlude config check, print: what the server would start with. */
#include <stdio.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/listing.h"
#include "json/write.h"

enum { MAX_JSON = 1 << 20 };

static const char hidden[] = "(hidden)", unset[] = "(not set)";

static int
run_check(const struct arguments *arguments)
{
    struct config config;
    bool is_valid = arguments_config(arguments, &config, argument_is_set(arguments, "dev"), NULL);

    if (is_valid)
        puts("The configuration is valid.");
    config_fini(&config);
    return is_valid ? EXIT_OK : EXIT_FAILED;
}

/* The value in use: what was written, or for what is derived, the outcome. */
static const char *
value_of(const struct config *config, enum config_index i)
{
    const char *text = i == CONFIG_app_url  ? config->app_url
                       : i == CONFIG_data   ? config->data
                       : i == CONFIG_routes ? config->routes
                                            : config->given[i].text;

    return !*text ? unset : config_option(i)->is_secret ? hidden : text;
}

static void
print_text(const struct config *config)
{
    static const char *const heads[] = { "NAME", "VALUE", "FROM" };
    struct listing listing;

    listing_init(&listing, COUNT_OF(heads), heads);
    for (enum config_index i = 0; i < CONFIG_OPTION_COUNT && !config_option(i)->is_host_only; i++) {
        const char *cells[] = { config_option(i)->name, value_of(config, i),
                                config_origin_name(config->given[i].origin) };

        listing_add(&listing, cells);
    }
    listing_print(&listing);
}

static void
print_json(const struct config *config)
{
    struct json_out out;
    struct buf json;

    buf_init(&json, MAX_JSON);
    json_out_init(&out, &json);
    json_object(&out);
    for (enum config_index i = 0; i < CONFIG_OPTION_COUNT && !config_option(i)->is_host_only; i++) {
        const char *value = value_of(config, i);

        json_name(&out, config_option(i)->name);
        json_object(&out);
        json_pair_text(&out, "value", value == hidden || value == unset ? NULL : value);
        json_pair_bool(&out, "isSet", value != unset);
        json_pair_text(&out, "from", config_origin_name(config->given[i].origin));
        json_object_end(&out);
    }
    json_object_end(&out);
    buf_char(&json, '\n');
    fwrite(json.p, 1, json.len, stdout);
    buf_fini(&json);
}

static int
run_print(const struct arguments *arguments)
{
    struct config config;
    bool is_valid = arguments_config(arguments, &config, argument_is_set(arguments, "dev"), NULL);

    if (argument_is_set(arguments, "json"))
        print_json(&config);
    else
        print_text(&config);
    config_fini(&config);
    return is_valid ? EXIT_OK : EXIT_FAILED;
}

const struct command command_config_check = {
    .name = "config check",
    .summary = "Say everything that is wrong with the configuration, at once",
    .config = COMMAND_CONFIG,
    .options = { { "dev", NULL, "As 'interlude dev' would read it" } },
    .run = run_check,
};

const struct command command_config_print = {
    .name = "config print",
    .summary = "Print every option, its value and where that comes from; secrets stay hidden",
    .config = COMMAND_CONFIG,
    .options = { { "json", NULL, "Print it as JSON" }, { "dev", NULL, "As 'interlude dev' would read it" } },
    .run = run_print,
};
