/* SPDX-License-Identifier: MIT */
/* Deep copies (copy.h). */
#include "runtime/copy.h"

#include <string.h>

const char copy_no_memory[] = "the run holds 64 MiB of texts, rows and il_new";

bool
copy_text(struct arena *arena, const char *text, const char **copy)
{
    *copy = text ? arena_strdup(arena, text) : NULL;
    return !text || *copy;
}

bool
copy_texts(struct arena *arena, const char *const *list, const char *const **copy)
{
    const char **own;
    size_t count = 0;

    *copy = NULL;
    if (!list)
        return true;
    while (list[count])
        count++;
    own = arena_alloc(arena, (count + 1) * sizeof *own);
    for (size_t i = 0; own && i < count; i++)
        if (!copy_text(arena, list[i], &own[i]))
            return false;
    *copy = own;
    return own != NULL;
}

bool
copy_fields(struct arena *arena, const il_kv *fields, const il_kv **copy)
{
    il_kv *own;
    size_t count = 0;

    *copy = NULL;
    if (!fields)
        return true;
    while (fields[count].key)
        count++;
    own = arena_alloc(arena, (count + 1) * sizeof *own);
    for (size_t i = 0; own && i < count; i++)
        if (!copy_text(arena, fields[i].key, &own[i].key) || !copy_value(arena, &fields[i].value, &own[i].value))
            return false;
    *copy = own;
    return own != NULL;
}

bool
copy_image(struct arena *arena, il_image *image)
{
    void *data;

    if (image->data && image->len) {
        data = arena_alloc(arena, image->len);
        if (!data)
            return false;
        image->data = memcpy(data, image->data, image->len);
    }
    return copy_text(arena, image->url, &image->url) && copy_text(arena, image->alt, &image->alt);
}

static bool
copy_rich(struct arena *arena, const il_rich *rich, const il_rich **copy)
{
    il_rich *own = arena_alloc(arena, sizeof *own);

    *copy = own;
    if (!own)
        return false;
    *own = *rich;
    /* A cell inside a cell is refused when it is written; copying it would recurse as deep as the author likes. */
    return (rich->label.type == IL_V_RICH || copy_value(arena, &rich->label, &own->label)) &&
           (rich->value.type == IL_V_RICH || copy_value(arena, &rich->value, &own->value)) &&
           copy_text(arena, rich->url, &own->url) && copy_text(arena, rich->route, &own->route) &&
           copy_image(arena, &own->image) && copy_fields(arena, rich->params, &own->params);
}

bool
copy_value(struct arena *arena, const il_value *value, il_value *copy)
{
    *copy = *value;
    if (value->type == IL_V_STR || value->type == IL_V_JSON)
        return copy_text(arena, value->s, &copy->s);
    return value->type != IL_V_RICH || !value->rich || copy_rich(arena, value->rich, &copy->rich);
}

bool
copy_menu(struct arena *arena, const il_menu *menu, const il_menu **copy)
{
    il_menu *own;
    size_t count = 0;

    *copy = NULL;
    if (!menu)
        return true;
    while (menu[count].label)
        count++;
    own = arena_alloc(arena, (count + 1) * sizeof *own);
    for (size_t i = 0; own && i < count; i++) {
        own[i] = menu[i];
        if (!copy_text(arena, menu[i].label, &own[i].label) || !copy_text(arena, menu[i].route, &own[i].route) ||
            !copy_text(arena, menu[i].url, &own[i].url) || !copy_fields(arena, menu[i].params, &own[i].params))
            return false;
    }
    *copy = own;
    return own != NULL;
}

bool
copy_is_zero(const void *p, size_t len)
{
    const unsigned char *byte = p;

    while (len && !*byte)
        byte++, len--;
    return !len;
}

il_status
copy_list(struct arena *arena, const void *list, size_t count, size_t stride, size_t first_size, size_t own_size,
          const void **copy)
{
    char *own;

    if (!stride)
        stride = first_size;
    *copy = list;
    if (!list || stride == own_size)
        return IL_OK;
    own = count > SIZE_MAX / own_size ? NULL : arena_alloc(arena, count * own_size);
    if (!own)
        return IL_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const char *given = (const char *)list + i * stride;

        if (stride > own_size && !copy_is_zero(given + own_size, stride - own_size))
            return IL_UNSUPPORTED;
        memcpy(own + i * own_size, given, stride < own_size ? stride : own_size);
    }
    *copy = own;
    return IL_OK;
}
