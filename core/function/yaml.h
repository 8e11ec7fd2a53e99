/* SPDX-License-Identifier: MIT */
/*
 * YAML and JSON texts as trees of nodes (node.h). YAML by libyaml's events, with the core schema as the Serverless
 * Framework has it: anchors, merges (<<), the short tags of CloudFormation (!Ref x becomes {Ref: x}); JSON by our own
 * reader, because libyaml does not know its surrogates. Everything is bounded. One thread.
 */
#ifndef FUNCTION_YAML_H
#define FUNCTION_YAML_H

#include "function/node.h"

enum { YAML_MAX_BYTES = 1 << 20 };

/* NULL: the problem was added. An empty text is NODE_NULL. The source stays as long as its nodes. */
struct node *yaml_read(struct forest *forest, const struct source *source);
struct node *yaml_read_json(struct forest *forest, const struct source *source);

/* What a plain scalar means: 12 is a number, yes is a text. text->text is not copied. */
void yaml_plain(struct str text, struct node *node);

#endif
