/* SPDX-License-Identifier: MIT */
/* ELF without loading it (module_file.h). Every offset comes from outside: nothing is read but by read_at. */
#include "deploy/module_file.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "interlude.h"

enum {
    MAX_SEGMENTS = 64,
    MAX_SECTIONS = 1024,
    MAX_SYMBOLS = 1 << 20,
    MAX_RELOCATIONS = 1 << 20,
    MAX_ROUTES = 10000,
    MAX_NEEDED = 64,
    MAX_VERSIONS = 1024
};

struct elf {
    struct str bytes;
    struct arena *arena;
    Elf64_Ehdr head;
    Elf64_Phdr segments[MAX_SEGMENTS];
    size_t segment_count;
    uint64_t dynamic[64]; /* values by tag, of the tags below 64 */
    uint64_t verneed, verneed_count, versym;
    struct str symbols, strings; /* .dynsym, .dynstr */
    Elf64_Rela *relocations;     /* sorted by place */
    size_t relocation_count;
};

static bool
read_at(const struct elf *elf, uint64_t offset, void *out, size_t size)
{
    if (offset > elf->bytes.len || size > elf->bytes.len - offset)
        return false;
    memcpy(out, elf->bytes.p + offset, size);
    return true;
}

/* Where an address lies in the file. */
static bool
find_offset(const struct elf *elf, uint64_t address, uint64_t *offset)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];

        if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
            address - segment->p_vaddr < segment->p_filesz) {
            *offset = segment->p_offset + (address - segment->p_vaddr);
            return true;
        }
    }
    return false;
}

static bool
read_address(const struct elf *elf, uint64_t address, void *out, size_t size)
{
    uint64_t offset;

    return find_offset(elf, address, &offset) && read_at(elf, offset, out, size);
}

/* A text that ends within `bytes`; NULL: it does not. */
static const char *
text_at(struct str bytes, uint64_t offset)
{
    if (offset >= bytes.len || !memchr(bytes.p + offset, '\0', bytes.len - offset))
        return NULL;
    return bytes.p + offset;
}

static const char *
text_at_address(const struct elf *elf, uint64_t address)
{
    uint64_t offset;

    return address && find_offset(elf, address, &offset) ? text_at(elf->bytes, offset) : NULL;
}

/* ---- head, segments, the dynamic section ---- */

static bool
read_head(struct elf *elf, struct err *err)
{
    if (!read_at(elf, 0, &elf->head, sizeof elf->head) || memcmp(elf->head.e_ident, ELFMAG, SELFMAG) != 0)
        return err_set(err, "it is not a shared object; build it with cc -shared -fPIC");
    if (elf->head.e_ident[EI_CLASS] != ELFCLASS64 || elf->head.e_ident[EI_DATA] != ELFDATA2LSB)
        return err_set(err, "it is not built for a 64-bit little-endian machine");
    if (elf->head.e_type != ET_DYN)
        return err_set(err, "it is %s, not a shared object; build it with cc -shared -fPIC",
                       elf->head.e_type == ET_REL ? "an object file" : "a program");
    if (elf->head.e_phnum > MAX_SEGMENTS || elf->head.e_phentsize != sizeof(Elf64_Phdr))
        return err_set(err, "its program headers are not understood");
    elf->segment_count = elf->head.e_phnum;
    if (!read_at(elf, elf->head.e_phoff, elf->segments, elf->segment_count * sizeof(Elf64_Phdr)))
        return err_set(err, "it is cut off: copy or build it again");
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf->segments[i].p_offset > elf->bytes.len ||
            elf->segments[i].p_filesz > elf->bytes.len - elf->segments[i].p_offset)
            return err_set(err, "it is cut off: copy or build it again");
    if (elf->head.e_shoff > elf->bytes.len ||
        (uint64_t)elf->head.e_shnum * elf->head.e_shentsize > elf->bytes.len - elf->head.e_shoff)
        return err_set(err, "it is cut off: copy or build it again");
    return true;
}

static void
take_tag(struct elf *elf, struct module_file *file, const Elf64_Dyn *entry)
{
    if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL)))
        file->has_text_relocations = true;
    if (entry->d_tag == DT_VERNEED)
        elf->verneed = entry->d_un.d_ptr;
    else if (entry->d_tag == DT_VERNEEDNUM)
        elf->verneed_count = entry->d_un.d_val;
    else if (entry->d_tag == DT_VERSYM)
        elf->versym = entry->d_un.d_ptr;
    else if (entry->d_tag >= 0 && entry->d_tag < 64)
        elf->dynamic[entry->d_tag] = entry->d_un.d_val;
}

static bool
read_dynamic(struct elf *elf, struct module_file *file, struct err *err)
{
    const Elf64_Phdr *segment = NULL;
    const char **needed = arena_alloc(elf->arena, MAX_NEEDED * sizeof *needed);
    uint64_t offset;

    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf->segments[i].p_type == PT_DYNAMIC)
            segment = &elf->segments[i];
    if (!segment)
        return err_set(err, "it has no dynamic section; build it with cc -shared -fPIC");
    for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment->p_filesz; at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;

        if (!read_at(elf, segment->p_offset + at, &entry, sizeof entry) || entry.d_tag == DT_NULL)
            break;
        take_tag(elf, file, &entry);
    }
    if (!find_offset(elf, elf->dynamic[DT_STRTAB], &offset) || elf->dynamic[DT_STRSZ] > elf->bytes.len - offset)
        return err_set(err, "its names are not understood");
    elf->strings = (struct str){ elf->bytes.p + offset, elf->dynamic[DT_STRSZ] };
    for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment->p_filesz; at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;
        const char *text;

        if (!read_at(elf, segment->p_offset + at, &entry, sizeof entry) || entry.d_tag == DT_NULL)
            break;
        text = text_at(elf->strings, entry.d_un.d_val);
        if (entry.d_tag == DT_NEEDED && text && file->needed_count < MAX_NEEDED)
            needed[file->needed_count++] = arena_strdup(elf->arena, text);
        else if ((entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH) && text)
            file->library_path = arena_strdup(elf->arena, text);
    }
    file->needed = needed;
    return true;
}

/* ---- sections: the number of symbols, and what the compiler wrote about itself ---- */

static void
read_sections(struct elf *elf, struct module_file *file)
{
    Elf64_Shdr names, section;

    if (elf->head.e_shentsize != sizeof section || elf->head.e_shnum > MAX_SECTIONS ||
        !read_at(elf, elf->head.e_shoff + (uint64_t)elf->head.e_shstrndx * sizeof names, &names, sizeof names))
        return;
    for (size_t i = 0; i < elf->head.e_shnum; i++) {
        struct str content;
        const char *name;

        if (!read_at(elf, elf->head.e_shoff + i * sizeof section, &section, sizeof section) ||
            section.sh_type == SHT_NOBITS || section.sh_offset > elf->bytes.len ||
            section.sh_size > elf->bytes.len - section.sh_offset || names.sh_offset > elf->bytes.len ||
            names.sh_size > elf->bytes.len - names.sh_offset)
            continue;
        content = (struct str){ elf->bytes.p + section.sh_offset, section.sh_size };
        name = text_at((struct str){ elf->bytes.p + names.sh_offset, names.sh_size }, section.sh_name);
        if (section.sh_type == SHT_DYNSYM)
            elf->symbols = content;
        else if (name && strcmp(name, ".comment") == 0 && text_at(content, 0))
            file->compiler = arena_strdup(elf->arena, content.p);
    }
}

static bool
read_symbol(const struct elf *elf, size_t index, Elf64_Sym *symbol, const char **name)
{
    if (index >= MAX_SYMBOLS || elf->symbols.len / sizeof *symbol <= index)
        return false;
    memcpy(symbol, elf->symbols.p + index * sizeof *symbol, sizeof *symbol);
    *name = text_at(elf->strings, symbol->st_name);
    return true;
}

/* ---- pointers: what the dynamic linker would write there ---- */

static int
by_place(const void *a, const void *b)
{
    const Elf64_Rela *left = a, *right = b;

    return (left->r_offset > right->r_offset) - (left->r_offset < right->r_offset);
}

static bool
read_relocations(struct elf *elf, struct err *err)
{
    uint64_t bytes = elf->dynamic[DT_RELASZ], offset = 0;

    elf->relocation_count = bytes / sizeof(Elf64_Rela);
    if (!elf->relocation_count)
        return true;
    if (elf->relocation_count > MAX_RELOCATIONS || !find_offset(elf, elf->dynamic[DT_RELA], &offset) ||
        elf->relocation_count * sizeof(Elf64_Rela) > elf->bytes.len - offset)
        return err_set(err, "its relocations are not understood");
    elf->relocations = mem_realloc(NULL, elf->relocation_count * sizeof(Elf64_Rela));
    memcpy(elf->relocations, elf->bytes.p + offset, elf->relocation_count * sizeof(Elf64_Rela));
    qsort(elf->relocations, elf->relocation_count, sizeof(Elf64_Rela), by_place);
    return true;
}

/* The pointer at an address: by its relocation, or as it stands there (packed relocations keep it so). 0: none. */
static uint64_t
pointer_at(const struct elf *elf, uint64_t address)
{
    const Elf64_Rela wanted = { .r_offset = address };
    const Elf64_Rela *found = elf->relocation_count
                                  ? bsearch(&wanted, elf->relocations, elf->relocation_count, sizeof wanted, by_place)
                                  : NULL;
    Elf64_Sym symbol = { .st_value = 0 };
    uint64_t value = 0;
    const char *name;

    if (!found)
        return read_address(elf, address, &value, sizeof value) ? value : 0;
    if (ELF64_R_SYM(found->r_info) && !read_symbol(elf, ELF64_R_SYM(found->r_info), &symbol, &name))
        return 0;
    return symbol.st_value + (uint64_t)found->r_addend;
}

/* ---- interlude_module ---- */

static bool
find_module(const struct elf *elf, uint64_t *address, struct err *err)
{
    Elf64_Sym symbol;
    const char *name;

    for (size_t i = 0; read_symbol(elf, i, &symbol, &name); i++)
        if (name && strcmp(name, "interlude_module") == 0 && symbol.st_shndx != SHN_UNDEF) {
            *address = symbol.st_value;
            return true;
        }
    return err_set(err, "it exports no interlude_module: its source needs one IL_FUNCTION(…) or IL_MODULE(…)");
}

static bool
read_routes(const struct elf *elf, struct module_file *file, uint64_t module, struct err *err)
{
    uint64_t first = pointer_at(elf, module + offsetof(il_module, routes)), count = 0, stride = 0;
    struct module_route *routes;

    if (!read_address(elf, module + offsetof(il_module, n_routes), &count, sizeof count) ||
        !read_address(elf, module + offsetof(il_module, route_stride), &stride, sizeof stride) || !first ||
        count > MAX_ROUTES || stride < offsetof(il_route, symbol) + sizeof(char *) || stride > 1 << 16)
        return err_set(err, "its list of routes is not understood");
    routes = arena_alloc(elf->arena, (count + 1) * sizeof *routes);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t route = first + i * stride;
        const char *symbol = text_at_address(elf, pointer_at(elf, route + offsetof(il_route, symbol)));

        routes[i].symbol = arena_strdup(elf->arena, symbol ? symbol : "");
        if (!read_address(elf, route + offsetof(il_route, kind), &routes[i].kind, sizeof routes[i].kind))
            return err_set(err, "its list of routes is not understood");
    }
    file->routes = routes;
    file->route_count = count;
    return true;
}

static bool
read_module(const struct elf *elf, struct module_file *file, struct err *err)
{
    uint32_t head[4]; /* magic, major, minor, size */
    uint64_t address = 0;

    if (!find_module(elf, &address, err))
        return false;
    if (!read_address(elf, address, head, sizeof head) || head[0] != IL_MAGIC)
        return err_set(err, "its interlude_module is not one: build it with the headers of Interlude");
    file->abi_major = head[1];
    file->abi_minor = head[2];
    if (file->abi_major != IL_ABI)
        return err_set(err, "it is built for version %u of the headers, this is version %u: build it again",
                       file->abi_major, IL_ABI);
    return read_routes(elf, file, address, err);
}

/* ---- which libc it needs ---- */

static const char *
symbol_of_version(const struct elf *elf, uint16_t version)
{
    Elf64_Sym symbol;
    const char *name;
    uint16_t own;

    for (size_t i = 0; read_symbol(elf, i, &symbol, &name); i++)
        if (name && read_address(elf, elf->versym + i * sizeof own, &own, sizeof own) && (own & 0x7FFF) == version)
            return name;
    return "";
}

static void
take_version(const struct elf *elf, struct module_file *file, const Elf64_Vernaux *need, uint16_t *newest)
{
    const char *name = text_at(elf->strings, need->vna_name);
    unsigned major, minor;

    if (!name)
        return;
    if (strcmp(name, "GLIBC_ABI_DT_RELR") == 0) /* no symbol: how relocations are packed, understood since then */
        major = 2, minor = 36;
    else if (sscanf(name, "GLIBC_%u.%u", &major, &minor) != 2)
        return;
    if (major < file->glibc_major || (major == file->glibc_major && minor <= file->glibc_minor))
        return;
    file->glibc_major = major;
    file->glibc_minor = minor;
    *newest = need->vna_other;
}

static void
read_versions(const struct elf *elf, struct module_file *file)
{
    uint64_t at = elf->verneed;
    size_t budget = MAX_VERSIONS;
    uint16_t newest = 0;
    Elf64_Verneed library;

    for (uint64_t i = 0; i < elf->verneed_count && read_address(elf, at, &library, sizeof library); i++) {
        uint64_t aux = at + library.vn_aux;
        Elf64_Vernaux need;

        for (unsigned j = 0; j < library.vn_cnt && budget && read_address(elf, aux, &need, sizeof need);
             j++, budget--) {
            take_version(elf, file, &need, &newest);
            aux += need.vna_next;
        }
        at += library.vn_next;
        if (!library.vn_next || !budget)
            break;
    }
    if (newest)
        file->glibc_symbol = arena_strdup(elf->arena, symbol_of_version(elf, newest));
}

bool
module_file_read(struct module_file *file, struct arena *arena, struct str bytes, struct err *err)
{
    struct elf *elf = mem_alloc(sizeof *elf);
    bool is_good;

    *file = (struct module_file){ .machine = EM_NONE };
    elf->bytes = bytes;
    elf->arena = arena;
    is_good = read_head(elf, err) && read_dynamic(elf, file, err) && read_relocations(elf, err);
    if (is_good) {
        file->machine = elf->head.e_machine;
        read_sections(elf, file);
        read_versions(elf, file);
        is_good = read_module(elf, file, err);
    }
    free(elf->relocations);
    free(elf);
    return is_good;
}

static const struct {
    uint16_t machine;
    const char *name;
} machines[] = { { EM_X86_64, "x86_64" }, { EM_AARCH64, "aarch64" }, { EM_RISCV, "riscv64" } };

const char *
module_machine_name(uint16_t machine)
{
    for (size_t i = 0; i < COUNT_OF(machines); i++)
        if (machines[i].machine == machine)
            return machines[i].name;
    return "another machine";
}

uint16_t
module_machine(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(machines); i++)
        if (strcmp(machines[i].name, name) == 0)
            return machines[i].machine;
    return EM_NONE;
}

uint16_t
module_own_machine(void)
{
#if defined(__x86_64__)
    return EM_X86_64;
#elif defined(__aarch64__)
    return EM_AARCH64;
#elif defined(__riscv)
    return EM_RISCV;
#else
    return EM_NONE;
#endif
}
