/* SPDX-License-Identifier: MIT */
/* What variables.c (expressions, the tree), variables_text.c (the grammar), variables_source.c (what sources give) and
 * variables_file.c (files, .env, git) say to each other. */
#ifndef FUNCTION_VARIABLES_INTERNAL_H
#define FUNCTION_VARIABLES_INTERNAL_H

#include "config/dotenv.h"
#include "function/variables.h"

enum outcome {
    FOUND,
    MISSING, /* a fallback may help; resolver->reason says why */
    FAILED,  /* it was reported */
};

struct resolver_file {
    struct resolver_file *next;
    const char *path;  /* as shown: relative to the directory where it is below it */
    struct node *root; /* NULL: not there, or not readable (then is_broken) */
    bool is_broken;
};

/* A node whose text is being evaluated, and whose text needed it. */
struct resolver_hop {
    const struct node *node;
    const struct resolver_hop *outer;
};

struct resolver {
    struct forest *forest;
    struct node *root;
    const char *dir;
    const struct service_options *options;

    const struct resolver_hop *hop; /* the innermost */
    unsigned depth;
    const char *reason; /* of the last MISSING */

    const char *stage; /* NULL: not asked yet */
    const char *instance;
    struct resolver_file *files; /* newest first */
    size_t file_count;
    struct dotenv *dotenv_stage, *dotenv_plain;
    bool has_dotenv, has_dotenv_stage;
};

/* A value below `from`, itself resolved, what it holds not yet. An empty path: `from` itself. */
enum outcome resolver_walk(struct resolver *resolver, struct node *from, struct str path, struct node **found);

enum outcome resolver_miss(struct resolver *resolver, const char *fmt, ...) PRINTF_LIKE(2, 3); /* MISSING */
enum outcome resolver_fail(struct resolver *resolver, const char *fmt, ...) PRINTF_LIKE(2, 3); /* FAILED */

struct node *resolver_text(struct resolver *resolver, struct str text); /* a value that a source made */
const char *resolver_stage(struct resolver *resolver);

/* `type(parameter):address`; what is not written is empty, parameter.p NULL without parentheses. */
enum outcome resolver_source(struct resolver *resolver, struct str type, struct str parameter, struct str address,
                             struct node **value);

/* variables_text.c */
struct piece {
    struct str literal; /* what stands before the variable */
    struct str inner;   /* between ${ and }; p NULL: nothing, the text ends */
};

/* The next variable behind *at. false: the one at *at is not closed. */
bool variable_next(struct str text, size_t *at, struct piece *piece);
void variable_put_literal(struct buf *out, struct str literal); /* \${ is ${ that means itself */
bool variable_begins(struct str text, size_t at);
/*
 * Where what begins at `at` ends: the first of `stops` that stands outside of quotes, parentheses and nested variables.
 * text.len: nowhere.
 */
size_t variable_end(struct str text, size_t at, const char *stops);
/* "self:x", "file(y)": anything else between ${ and } is not ours: ${AWS::Region} and ${Name} of CloudFormation. */
bool variable_is_source(struct str inner, size_t *type_len);
struct str variable_trim(struct str text);
struct str variable_shown(struct str text); /* as much of it as a message takes */

/* variables_file.c */
enum outcome resolver_file(struct resolver *resolver, struct str path, struct str address, struct node **value);
const char *resolver_env(struct resolver *resolver, struct str name); /* NULL: not set */
enum outcome resolver_git(struct resolver *resolver, struct str address, struct node **value);

#endif
