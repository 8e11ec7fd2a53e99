/* SPDX-License-Identifier: MIT */
/* A schema as schema.c compiles it and schema_check.c follows it. */
#ifndef FUNCTION_SCHEMA_INTERNAL_H
#define FUNCTION_SCHEMA_INTERNAL_H

#include "function/pattern.h"
#include "function/schema.h"
#include "json/read.h"

enum { SCHEMA_INTEGER = 1 << 8 }; /* beside 1 << enum json_type */

struct rule;

struct rules {
    const struct rule **items;
    size_t count;
};

struct rule_texts {
    struct str *items;
    size_t count;
};

/* A member of the object that is checked: what its value has to be. */
struct rule_member {
    struct str name;
    const struct rule *rule;
};

struct rule_pattern {
    const regex_t *regex;
    const struct rule *rule;
};

/* If this member is there, these must be, too, or the object must be as the rule says. */
struct rule_dependency {
    struct str name;
    struct rule_texts texts;
    const struct rule *rule; /* NULL: the texts */
};

/* Sizes that a text, a list or an object must have. */
struct rule_range {
    double least, most; /* most: INFINITY, unless given */
};

/* One schema within the schema. What is not given lets everything through. */
struct rule {
    const struct rule *reference; /* $ref: then nothing else counts */
    bool is_never;                /* `false` */
    unsigned types;               /* 0: any */
    struct json choices;          /* enum */

    double least, most; /* -INFINITY, INFINITY */
    bool is_above_least, is_below_most;
    double multiple_of; /* 0: not given */

    struct rule_range length, count, members;
    const regex_t *pattern;

    const struct rule *each; /* items: one for all */
    struct rules tuple;      /* or one for each place */
    const struct rule *rest; /* additionalItems, behind the tuple */
    bool has_unique_items;

    struct rule_member *properties; /* sorted by name */
    size_t property_count;
    struct rule_pattern *patterns;
    size_t pattern_count;
    const struct rule *others; /* additionalProperties */
    struct rule_texts required;
    struct rule_dependency *dependencies;
    size_t dependency_count;

    struct rules all_of, any_of, one_of;
    const struct rule * not ;
};

struct schema {
    struct arena arena; /* all of it */
    const struct rule *root;
    struct schema_regex {
        struct schema_regex *next;
        regex_t regex;
    } * regexes;
};

/* Order of the names of members. */
int schema_compare_names(struct str a, struct str b);

#endif
