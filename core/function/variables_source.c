/* SPDX-License-Identifier: MIT */
/* What each source of a variable gives (variables.h). */
#include <ctype.h>
#include <strings.h>

#include "base/id.h"
#include "base/mem.h"
#include "config/suggest.h"
#include "function/variables_internal.h"

const char *
resolver_stage(struct resolver *resolver)
{
    struct node *found;

    if (resolver->stage)
        return resolver->stage;
    if (resolver->options->stage)
        resolver->stage = resolver->options->stage;
    else if (resolver_walk(resolver, resolver->root, STR("provider.stage"), &found) == FOUND && node_is_scalar(found))
        resolver->stage = node_scalar(resolver->forest->arena, found).p;
    else
        resolver->stage = "dev";
    return resolver->stage;
}

static enum outcome
from_self(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    (void)parameter;
    return resolver_walk(resolver, resolver->root, address, value);
}

static void
add_option(struct resolver *resolver, struct node *map, const char *name, const char *value)
{
    struct node *node;

    if (!value)
        return;
    node = resolver_text(resolver, str_of(value));
    node->key = str_of(name);
    node_add(map, node);
}

static struct node *
all_options(struct resolver *resolver)
{
    const struct service_options *options = resolver->options;
    struct node *map = node_new(resolver->forest, NODE_MAP, resolver->hop->node->at);

    map->state = NODE_DONE;
    add_option(resolver, map, "stage", options->stage);
    add_option(resolver, map, "region", options->region);
    add_option(resolver, map, "config", options->file);
    for (size_t i = 0; i < options->options.count; i++)
        add_option(resolver, map, options->options.items[i].name, options->options.items[i].value);
    return map;
}

static enum outcome
from_opt(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    (void)parameter;
    *value = all_options(resolver);
    if (address.len)
        *value = node_get(*value, address);
    return *value ? FOUND : resolver_miss(resolver, "the option --%.*s is not given", STR_ARG(address));
}

static enum outcome
from_env(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    const char *text = address.len ? resolver_env(resolver, address) : NULL;

    (void)parameter;
    if (!address.len)
        return resolver_fail(resolver, "env needs a name: ${env:HOME}");
    if (!text)
        return resolver_miss(resolver, "%.*s is not in the environment", STR_ARG(address));
    *value = resolver_text(resolver, str_of(text));
    return FOUND;
}

static enum outcome
from_file(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    if (!parameter.len)
        return resolver_fail(resolver, "file needs a path in parentheses, such as ${file(./config.yml):key}");
    return resolver_file(resolver, parameter, address, value);
}

static enum outcome
from_sls(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    (void)parameter;
    if (str_is(address, "stage")) {
        *value = resolver_text(resolver, str_of(resolver_stage(resolver)));
        return FOUND;
    }
    if (!str_is(address, "instanceId"))
        return resolver_fail(resolver, "sls knows stage and instanceId, not \"%.*s\"", STR_ARG(address));
    if (!resolver->instance)
        resolver->instance = arena_strdup(resolver->forest->arena, uuid_format(uuid_v4()).s);
    *value = resolver_text(resolver, str_of(resolver->instance));
    return FOUND;
}

/* `name` in one of the maps that hold parameters: as a whole, dots belong to it. */
static enum outcome
find_param(struct resolver *resolver, struct str path, struct str name, struct node **value)
{
    enum outcome outcome = resolver_walk(resolver, resolver->root, path, value);
    struct node *node = outcome == FOUND ? node_get(*value, name) : NULL;

    if (outcome == FAILED)
        return FAILED;
    return node ? resolver_walk(resolver, node, STR(""), value) : MISSING;
}

static enum outcome
from_param(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    const struct service_pairs *params = &resolver->options->params;
    const char *stage = resolver_stage(resolver);
    struct arena *arena = resolver->forest->arena;
    const char *const places[] = { arena_printf(arena, "stages.%s.params", stage),
                                   arena_printf(arena, "params.%s", stage), "stages.default.params", "params.default" };
    enum outcome outcome = MISSING;

    (void)parameter;
    for (size_t i = params->count; i-- > 0;) /* the last one given */
        if (str_is(address, params->items[i].name)) {
            *value = resolver_text(resolver, str_of(params->items[i].value));
            return FOUND;
        }
    for (size_t i = 0; i < COUNT_OF(places) && outcome == MISSING; i++)
        outcome = find_param(resolver, str_of(places[i]), address, value);
    if (outcome == MISSING)
        resolver_miss(resolver, "there is no parameter %.*s for the stage %s", STR_ARG(address), stage);
    return outcome;
}

/* In any case, as the Framework takes it. */
static bool
is_word(struct str text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.p, word, text.len) == 0;
}

static enum outcome
to_bool(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    bool is_quoted = parameter.len > 2 && (*parameter.p == '\'' || *parameter.p == '"') &&
                     parameter.p[parameter.len - 1] == *parameter.p;
    bool is_true;

    (void)address;
    if (is_quoted)
        parameter = (struct str){ parameter.p + 1, parameter.len - 2 };
    is_true = is_word(parameter, "true") || is_word(parameter, "1");
    if (!is_true && !is_word(parameter, "false") && !is_word(parameter, "0"))
        return resolver_fail(resolver, "strToBool takes true, false, 1 or 0, not \"%.*s\"",
                             (int)(parameter.len < 40 ? parameter.len : 40), parameter.p);
    *value = node_new(resolver->forest, NODE_BOOL, resolver->hop->node->at);
    (*value)->boolean = is_true;
    return FOUND;
}

static enum outcome
from_git(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    (void)parameter;
    return resolver_git(resolver, address, value);
}

static enum outcome
as_secret(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    (void)parameter;
    if (!address.len || address.len > 128)
        return resolver_fail(resolver, "secret needs a name: ${secret:database-password}");
    for (size_t i = 0; i < address.len; i++)
        if (!isalnum((unsigned char)address.p[i]) && !strchr("_.-/", address.p[i]))
            return resolver_fail(resolver, "\"%.*s\" cannot be the name of a secret: letters, digits and _ . - / only",
                                 STR_ARG(address));
    *value = resolver_text(resolver, str_of(arena_printf(resolver->forest->arena, "${secret:%.*s}", STR_ARG(address))));
    return FOUND;
}

static enum outcome
of_aws(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    (void)parameter;
    (void)value;
    return resolver_miss(resolver, "\"%.*s\" is a thing of AWS, which is not asked here; give it a fallback",
                         STR_ARG(address));
}

static enum outcome
of_others(struct resolver *resolver, struct str parameter, struct str address, struct node **value)
{
    (void)parameter;
    (void)address;
    (void)value;
    return resolver_fail(resolver, "terraform, vault and doppler are not available here; use ${secret:…} or ${env:…}");
}

enum outcome
resolver_source(struct resolver *resolver, struct str type, struct str parameter, struct str address,
                struct node **value)
{
    static const struct {
        const char *name;
        enum outcome (*get)(struct resolver *, struct str parameter, struct str address, struct node **value);
    } sources[] = {
        { "self", from_self },   { "opt", from_opt },        { "env", from_env },      { "file", from_file },
        { "sls", from_sls },     { "param", from_param },    { "strToBool", to_bool }, { "git", from_git },
        { "secret", as_secret }, { "ssm", of_aws },          { "cf", of_aws },         { "s3", of_aws },
        { "aws", of_aws },       { "terraform", of_others }, { "vault", of_others },   { "doppler", of_others },
    };
    struct suggestion suggestion = { .wanted = type };

    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        if (str_is(type, sources[i].name))
            return sources[i].get(resolver, parameter, address, value);
        suggest(&suggestion, sources[i].name);
    }
    if (suggestion.best)
        return resolver_fail(resolver, "there is no source \"%.*s\"; did you mean %s?", STR_ARG(type), suggestion.best);
    return resolver_fail(resolver, "there is no source \"%.*s\"", STR_ARG(type));
}
