/* SPDX-License-Identifier: MIT */
/* Would a module load there? (machine.h) */
#include "deploy/machine.h"

#include <elf.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Every machine that runs modules has these: the C library's, and what gcc links by itself. */
static const char *const runtime_libraries[] = {
    "libc.so.6",      "libm.so.6",       "libdl.so.2",           "libpthread.so.0",       "librt.so.1",
    "libresolv.so.2", "libutil.so.1",    "libgcc_s.so.1",        "libstdc++.so.6",        "libatomic.so.1",
    "ld-linux.so.2",  "linux-vdso.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "ld-linux-riscv64-lp64d.so.1",
};

static struct machine current;

struct machine
machine_own(const char *libraries)
{
    struct machine machine = { .name = "this machine", .machine = module_own_machine(), .libraries = libraries };

    if (sscanf(gnu_get_libc_version(), "%u.%u", &machine.glibc_major, &machine.glibc_minor) != 2)
        machine.glibc_major = machine.glibc_minor = 0;
    return machine;
}

const struct machine *
machine_get(void)
{
    if (!current.name)
        current = machine_own(NULL);
    return &current;
}

void
machine_set(const struct machine *machine)
{
    current = *machine;
}

/* ---- between server and command */

void
machine_json(const struct machine *machine, struct json_out *out)
{
    char version[32];

    snprintf(version, sizeof version, "%u.%u", machine->glibc_major, machine->glibc_minor);
    json_object(out);
    json_pair_text(out, "arch", module_machine_name(machine->machine));
    json_pair_text(out, "glibc", version);
    json_pair_text(out, "libraries", machine->libraries);
    json_object_end(out);
}

struct machine
machine_read(struct arena *arena, struct json said)
{
    const char *glibc = json_text(arena, json_get(said, "glibc")), *arch = json_text(arena, json_get(said, "arch"));
    struct machine machine = { .name = "the server", .libraries = json_text(arena, json_get(said, "libraries")) };

    if (!glibc || sscanf(glibc, "%u.%u", &machine.glibc_major, &machine.glibc_minor) != 2)
        machine.glibc_major = machine.glibc_minor = 0;
    machine.machine = arch ? module_machine(arch) : EM_NONE;
    return machine;
}

/* ---- checks */

static bool
is_runtime_library(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(runtime_libraries); i++)
        if (strcmp(name, runtime_libraries[i]) == 0)
            return true;
    return false;
}

static bool
has_library(const struct machine *machine, const char *name)
{
    const char *at = machine->libraries;

    if (strchr(name, '/'))
        return false;
    if (!at || is_runtime_library(name))
        return true;
    for (size_t len; *at; at += len + strspn(at + len, ", ")) {
        len = strcspn(at, ", ");
        if (len == strlen(name) && strncmp(at, name, len) == 0)
            return true;
    }
    return false;
}

static bool
has_glibc(const struct machine *machine, const struct module_file *module)
{
    return !machine->glibc_major || module->glibc_major < machine->glibc_major ||
           (module->glibc_major == machine->glibc_major && module->glibc_minor <= machine->glibc_minor);
}

bool
machine_takes(const struct machine *machine, const struct module_file *module, struct err *err)
{
    if (machine->machine != EM_NONE && module->machine != machine->machine)
        return err_set(err,
                       "is built for %s, %s is %s: build it there, or with a compiler for it in "
                       "custom.interlude.build.cc",
                       module_machine_name(module->machine), machine->name, module_machine_name(machine->machine));
    if (!has_glibc(machine, module))
        return err_set(err, "needs %s%sGLIBC_%u.%u, %s has %u.%u: build it on a system that is as old",
                       module->glibc_symbol, *module->glibc_symbol ? "@" : "", module->glibc_major, module->glibc_minor,
                       machine->name, machine->glibc_major, machine->glibc_minor);
    for (size_t i = 0; i < module->needed_count; i++)
        if (!has_library(machine, module->needed[i]))
            return err_set(err,
                           "needs the library %s, which modules may not use on %s: link it statically, or have "
                           "the server allow it with DEPLOY_LIBRARIES",
                           module->needed[i], machine->name);
    return true;
}
