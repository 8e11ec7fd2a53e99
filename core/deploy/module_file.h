/* SPDX-License-Identifier: MIT */
/*
 * What a shared object says about itself, read from its bytes: nothing of it is mapped or run, so that a file of
 * anybody can be looked at. ELF, 64 bit, little endian. Any thread.
 */
#ifndef DEPLOY_MODULE_FILE_H
#define DEPLOY_MODULE_FILE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct module_route {
    const char *symbol; /* "" if it has none */
    uint32_t kind;      /* IL_KIND_… */
};

struct module_file {
    uint16_t machine; /* EM_X86_64 … */
    uint32_t abi_major, abi_minor;
    const struct module_route *routes;
    size_t route_count;
    const char *const *needed; /* DT_NEEDED */
    size_t needed_count;
    const char *library_path;          /* DT_RPATH or DT_RUNPATH, or NULL */
    bool has_text_relocations;         /* DT_TEXTREL */
    unsigned glibc_major, glibc_minor; /* the newest version of libc's symbols that it needs; 0: none */
    const char *glibc_symbol;          /* one that needs it */
    const char *compiler;              /* "GCC: (Debian 12.2.0-14) 12.2.0"; NULL: not said */
};

/* The texts are in the arena. */
bool module_file_read(struct module_file *file, struct arena *arena, struct str bytes, struct err *err) MUST_CHECK;

/* "x86_64", "aarch64" */
const char *module_machine_name(uint16_t machine);
uint16_t module_machine(const char *name); /* EM_NONE: not one of those */
uint16_t module_own_machine(void);

#endif
