/* SPDX-License-Identifier: MIT */
/* Which rows of a synchronous table match a filter, and in which order (table.h; io-methods.md 10.2). */
#include "runtime/table.h"

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <wctype.h>

#include "base/mem.h"
#include "runtime/calendar.h"

enum { MAX_ROW_TEXT = 1 << 20 };

/* Lower case for all of Unicode, whatever locale the module has set; ASCII only where glibc lacks C.UTF-8. */
static locale_t fold_locale;

static void
make_fold_locale(void)
{
    fold_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* The code point at *text, which moves behind it. Invalid bytes count as themselves. */
static uint32_t
next_character(const char **text)
{
    const unsigned char *p = (const unsigned char *)*text;
    uint32_t code = *p;
    int more = code >= 0xf0 ? 3 : code >= 0xe0 ? 2 : code >= 0xc0 ? 1 : 0;

    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            ++*text;
            return *p;
        }
        code = (i == 1 ? code & (0x3fu >> more) : code) << 6 | (p[i] & 0x3fu);
    }
    *text += 1 + more;
    return code;
}

static uint32_t
fold(uint32_t code)
{
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + 32 : code;
    return fold_locale ? (uint32_t)towlower_l((wint_t)code, fold_locale) : code;
}

/* Folded code points as bytes: only ever compared with each other, so they need not be UTF-8. */
static void
put_folded(struct buf *buf, const char *text)
{
    while (*text) {
        uint32_t code = fold(next_character(&text));

        buf_put(buf, &code, sizeof code);
    }
}

/* What a cell of this type shows, for filtering and for comparing unlike things. */
static const char *
cell_text(const il_value *value, char number[64])
{
    il_datetime when;

    switch (value->type) {
    case IL_V_STR:
    case IL_V_JSON:
        return value->s ? value->s : "";
    case IL_V_BOOL:
        return value->b ? "true" : "false";
    case IL_V_INT:
        snprintf(number, 64, "%lld", (long long)value->i);
        return number;
    case IL_V_NUM:
        snprintf(number, 64, "%.15g", value->d);
        return number;
    case IL_V_TIME:
        when = calendar_of_ms(value->ms);
        snprintf(number, 64, "%d/%d/%d", when.month, when.day, when.year);
        return number;
    case IL_V_RICH:
        return value->rich ? cell_text(value->rich->label.type ? &value->rich->label : &value->rich->value, number)
                           : "";
    case IL_V_UNDEF:
    case IL_V_NULL:
        break;
    }
    return "";
}

static bool
row_matches(const struct row *row, struct buf *text, const struct buf *term)
{
    char number[64];

    buf_clear(text);
    for (size_t i = 0; i < row->cell_count; i++) {
        if (i)
            put_folded(text, " ");
        put_folded(text, cell_text(&row->cells[i], number));
    }
    return text->len >= term->len && memmem(text->p, text->len, term->p, term->len) != NULL;
}

/* What sorting looks at: the value, else the label, else the cell. */
static const il_value *
sort_key(const struct row *row, size_t column)
{
    static const il_value none = { .type = IL_V_NULL };
    const il_value *cell = column < row->cell_count ? &row->cells[column] : &none;

    if (cell->type == IL_V_RICH && cell->rich)
        cell = cell->rich->value.type ? &cell->rich->value : &cell->rich->label;
    return cell->type == IL_V_UNDEF || (cell->type == IL_V_STR && !cell->s) ? &none : cell;
}

static bool
is_number(const il_value *value)
{
    return value->type == IL_V_BOOL || value->type == IL_V_INT || value->type == IL_V_NUM || value->type == IL_V_TIME;
}

static double
number_of(const il_value *value)
{
    return value->type == IL_V_BOOL ? value->b : value->type == IL_V_NUM ? value->d : (double)value->i;
}

/* Leading zeros do not count, then more digits are more. */
static int
compare_digits(const char **a, const char **b)
{
    size_t len_a, len_b;
    int order;

    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    len_a = strspn(*a, "0123456789");
    len_b = strspn(*b, "0123456789");
    order = len_a == len_b ? memcmp(*a, *b, len_a) : len_a < len_b ? -1 : 1;
    *a += len_a;
    *b += len_b;
    return order;
}

/* As people expect it: runs of digits by their value, letters whatever their case; equal then, by bytes. */
static int
compare_texts(const char *a, const char *b)
{
    const char *start_a = a, *start_b = b;

    while (*a && *b) {
        uint32_t x, y;

        if (*a >= '0' && *a <= '9' && *b >= '0' && *b <= '9') {
            int order = compare_digits(&a, &b);

            if (order)
                return order;
            continue;
        }
        x = fold(next_character(&a));
        y = fold(next_character(&b));
        if (x != y)
            return x < y ? -1 : 1;
    }
    return *a || *b ? (*a ? 1 : -1) : strcmp(start_a, start_b);
}

static int
compare_values(const il_value *a, const il_value *b)
{
    char number_a[64], number_b[64];

    if (a->type == IL_V_NULL || b->type == IL_V_NULL) /* last in ascending order */
        return (a->type == IL_V_NULL) - (b->type == IL_V_NULL);
    if (a->type == IL_V_INT && b->type == IL_V_INT)
        return (a->i > b->i) - (a->i < b->i);
    if (is_number(a) && is_number(b))
        return (number_of(a) > number_of(b)) - (number_of(a) < number_of(b));
    return compare_texts(cell_text(a, number_a), cell_text(b, number_b));
}

static int
compare_rows(const void *left, const void *right, void *context)
{
    const struct row *a = *(const struct row *const *)left, *b = *(const struct row *const *)right;
    const struct table_state *state = context;
    int order = 0;

    if (state->column)
        order = compare_values(sort_key(a, state->column_index), sort_key(b, state->column_index));
    else if (state->is_descending)
        order = (a->index > b->index) - (a->index < b->index);
    if (state->is_descending)
        order = -order;
    return order ? order : (a->index > b->index) - (a->index < b->index); /* what is equal stays in order */
}

void
table_sort(struct table *table, const struct table_state *state)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct buf text, term;

    pthread_once(&once, make_fold_locale);
    buf_init(&text, MAX_ROW_TEXT);
    buf_init(&term, MAX_ROW_TEXT);
    if (state->term)
        put_folded(&term, state->term);
    table->order = mem_realloc(table->order, (table->list.count + 1) * sizeof(struct row *));
    table->order_count = 0;
    for (const struct row *row = table->list.first; row; row = row->next)
        if (!term.len || row_matches(row, &text, &term))
            table->order[table->order_count++] = row;
    if (state->column || state->is_descending)
        qsort_r(table->order, table->order_count, sizeof(struct row *), compare_rows, (void *)(uintptr_t)state);
    buf_fini(&text);
    buf_fini(&term);
}
