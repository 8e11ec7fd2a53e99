/* SPDX-License-Identifier: MIT */
/*
 * Deep copies of what an author passes in, into an arena. All return false only when the arena is full. NULL copies to
 * NULL.
 */
#ifndef RUNTIME_COPY_H
#define RUNTIME_COPY_H

#include "base/arena.h"
#include "interlude/api.h"

extern const char copy_no_memory[]; /* the sentence for it */

bool copy_text(struct arena *arena, const char *text, const char **copy) MUST_CHECK;
bool copy_texts(struct arena *arena, const char *const *list, const char *const **copy) MUST_CHECK;
bool copy_value(struct arena *arena, const il_value *value, il_value *copy) MUST_CHECK;
bool copy_image(struct arena *arena, il_image *image) MUST_CHECK; /* in place: what it points to */
bool copy_fields(struct arena *arena, const il_kv *fields, const il_kv **copy) MUST_CHECK;
bool copy_menu(struct arena *arena, const il_menu *menu, const il_menu **copy) MUST_CHECK;

/*
 * A list whose elements the module gave with their size (stride; 0: that of 1.0), as elements of our size; the list
 * itself if both are equal. IL_UNSUPPORTED: an element uses what we do not know.
 */
il_status copy_list(struct arena *arena, const void *list, size_t count, size_t stride, size_t first_size,
                    size_t own_size, const void **copy) MUST_CHECK;

/* Is everything zero? */
bool copy_is_zero(const void *p, size_t len);

#endif
