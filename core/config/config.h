/* SPDX-License-Identifier: MIT */
/*
 * The configuration: options.def as a struct, filled from defaults, .env, the environment and flags (later wins), with
 * all faults at once. Knows values, not their use. Notations of values are value.h, the .env file is dotenv.h.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"

#define CONFIG_TYPE_INT int64_t
#define CONFIG_TYPE_SIZE int64_t     /* bytes */
#define CONFIG_TYPE_DURATION int64_t /* ms */
#define CONFIG_TYPE_BOOL bool
#define CONFIG_TYPE_LEVEL enum log_level
#define CONFIG_TYPE_TEXT const char *
#define CONFIG_TYPE_SECRET const char *
#define CONFIG_TYPE_PATH const char *
#define CONFIG_TYPE_URL const char *
#define CONFIG_TYPE_ADDRESSES const char * /* read with address_next(), value.h */

enum config_index {
#define OPTION(member, ...) CONFIG_##member,
#include "config/options.def"
#undef OPTION
    CONFIG_OPTION_COUNT
};

enum config_origin { CONFIG_DEFAULT, CONFIG_DOTENV, CONFIG_ENVIRONMENT, CONFIG_FILE, CONFIG_FLAG };

struct config_fault {
    struct config_fault *next;
    const char *name;   /* of the option, or of the file */
    const char *value;  /* as given; never a secret; NULL: there is none to show */
    const char *reason; /* what is wrong */
    const char *advice; /* what to do */
};

/* Texts are "" when not set, never NULL. Paths are absolute. app_url is always set, without a slash at the end. */
struct config {
#define OPTION(member, type, ...) CONFIG_TYPE_##type member;
#include "config/options.def"
#undef OPTION
    bool is_dev;             /* `interlude dev`: loopback only, sources are compiled, loopback browsers are signed in */
    const char *project_dir; /* absolute; runners work there */
    bool aws_urls;           /* `dev --aws-urls`: http events are served at /<stage>/<path>, too */
    bool aws_strict;         /* `dev --aws-strict`: an address for GET does not answer HEAD */
    struct {
        enum config_origin origin;
        const char *text; /* as it was written, or the default */
    } given[CONFIG_OPTION_COUNT];
    struct config_fault *faults; /* in the order of options.def */
    struct arena arena;          /* holds every text above */
};

struct config_flag {
    enum config_index option;
    const char *value;
};

struct config_input {
    const char *project_dir;        /* where .env lies and defaults begin; NULL: the working directory */
    const char *const *environment; /* NAME=value, NULL at the end */
    const struct config_flag *flags;
    size_t flag_count;
    bool is_dev, is_host;
};

/* false: config->faults says what is wrong; the rest is filled as far as possible. config_fini in both cases. */
bool config_load(struct config *config, const struct config_input *input) MUST_CHECK;
void config_fini(struct config *config);

/* What a row of options.def says. */
struct config_option {
    const char *name, *fallback, *min, *max, *text;
    bool is_secret, has_flag, can_reload;
    bool is_switch;    /* BOOL: its flag needs no value */
    bool is_host_only; /* means nothing to a server */
};
const struct config_option *config_option(enum config_index option);
const char *config_origin_name(enum config_origin origin);

/* "--log-level" for LOG_LEVEL, without the dashes; false for secrets. */
bool config_flag_name(enum config_index option, char *name, size_t size);

/* All faults as text, one paragraph each: name, value, reason, advice. */
struct buf;
void config_faults_text(const struct config *config, struct buf *out);

#endif
