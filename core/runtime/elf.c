/* SPDX-License-Identifier: MIT */
/* Looking at a shared object without mapping it (elf.h). */
#include "runtime/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUILD_HINT "build it with cc -shared -fPIC"

struct file {
    int fd;
    uint64_t size;
    ElfW(Ehdr) head;
};

static bool
read_at(const struct file *file, void *out, size_t len, uint64_t offset)
{
    return pread(file->fd, out, len, (off_t)offset) == (ssize_t)len;
}

static const char *
machine_name(unsigned machine)
{
    switch (machine) {
    case EM_X86_64:
        return "x86-64";
    case EM_386:
        return "32-bit x86";
    case EM_AARCH64:
        return "64-bit ARM";
    case EM_ARM:
        return "32-bit ARM";
    case EM_RISCV:
        return "RISC-V";
    case EM_PPC64:
        return "64-bit PowerPC";
    case EM_S390:
        return "s390x";
    default:
        return "another machine";
    }
}

/* The machine is compared with our own executable's. */
static bool
check_machine(const struct file *file, struct err *err)
{
    struct file self = { .fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC) };
    bool known = self.fd >= 0 && read_at(&self, &self.head, sizeof self.head, 0);

    if (self.fd >= 0)
        close(self.fd);
    if (!known)
        return true; /* dlopen will see */
    if (memcmp(file->head.e_ident, self.head.e_ident, EI_DATA + 1) == 0 && file->head.e_machine == self.head.e_machine)
        return true;
    return err_set(
        err, "The file is built for %s and this machine is %s: build it here, or with a compiler for this machine.",
        machine_name(file->head.e_machine), machine_name(self.head.e_machine));
}

static bool
truncated(const struct file *file, uint64_t needed, struct err *err)
{
    return err_set(
        err, "The file is truncated: %llu bytes are there, at least %llu belong to it. Copy it again, completely.",
        (unsigned long long)file->size, (unsigned long long)needed);
}

static bool
check_segments(const struct file *file, struct err *err)
{
    for (unsigned i = 0; i < file->head.e_phnum; i++) {
        uint64_t at = file->head.e_phoff + (uint64_t)i * file->head.e_phentsize;
        ElfW(Phdr) segment;

        if (!read_at(file, &segment, sizeof segment, at))
            return truncated(file, at + sizeof segment, err);
        if (segment.p_offset > UINT64_MAX - segment.p_filesz || segment.p_offset + segment.p_filesz > file->size)
            return truncated(file, segment.p_offset + segment.p_filesz, err);
    }
    return true;
}

static bool
check(struct file *file, struct err *err)
{
    uint64_t sections_end;

    if (file->size == 0)
        return err_set(err, "The file is empty: build it again, and move it into place instead of writing it there.");
    if (!read_at(file, file->head.e_ident, SELFMAG, 0) || memcmp(file->head.e_ident, ELFMAG, SELFMAG) != 0)
        return err_set(err, "The file is not a shared object (it does not start with the ELF mark): " BUILD_HINT ".");
    if (!read_at(file, &file->head, sizeof file->head, 0))
        return truncated(file, sizeof file->head, err);
    if (!check_machine(file, err))
        return false;
    if (file->head.e_type != ET_DYN)
        return err_set(err, "The file is %s, not a shared object: " BUILD_HINT ".",
                       file->head.e_type == ET_REL ? "an object file" : "a program");
    if (!check_segments(file, err))
        return false;
    sections_end = file->head.e_shoff + (uint64_t)file->head.e_shnum * file->head.e_shentsize;
    return file->head.e_shoff == 0 || sections_end <= file->size || truncated(file, sections_end, err);
}

bool
elf_check(const char *path, struct err *err)
{
    struct file file = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
    struct stat info;
    bool ok;

    if (file.fd < 0 || fstat(file.fd, &info) < 0) {
        if (file.fd >= 0)
            close(file.fd);
        return err_set(err, "The file cannot be read: %s.", strerror(errno));
    }
    file.size = (uint64_t)info.st_size;
    ok = S_ISREG(info.st_mode) ? check(&file, err) : err_set(err, "This is not a regular file.");
    close(file.fd);
    return ok;
}
