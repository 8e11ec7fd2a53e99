/* SPDX-License-Identifier: MIT */
/*
 * The .env file: NAME=value lines, `export` allowed, # comments, '…' taken as they are, "…" with \n \t \" \\ \$ and
 * over several lines. No expansion of variables. What the names mean is config.h.
 */
#ifndef CONFIG_DOTENV_H
#define CONFIG_DOTENV_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct dotenv {
    struct dotenv *next;
    const char *name, *value;
    unsigned line;
};

/* Every setting in file order; `*first` NULL: none. The error names the line. */
bool dotenv_parse(struct arena *arena, struct str text, struct dotenv **first, struct err *err) MUST_CHECK;

#endif
