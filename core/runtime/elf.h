/* SPDX-License-Identifier: MIT */
/*
 * Is a file a whole shared object for this machine? Asked before dlopen, which dies on truncated files and explains
 * little.
 */
#ifndef RUNTIME_ELF_H
#define RUNTIME_ELF_H

#include "base/err.h"

bool elf_check(const char *path, struct err *err) MUST_CHECK;

#endif
