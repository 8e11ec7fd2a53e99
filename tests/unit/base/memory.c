/* SPDX-License-Identifier: MIT */
/* Arena, buffer, map, list: what is kept, what is refused, what is released. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/map.h"

static void
arena_hands_out_zeroed_aligned_memory(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 0);
    for (size_t size = 0; size < 5000; size += 7) {
        unsigned char *p = arena_alloc(&arena, size);

        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xaa, size);
    }
    assert_string_equal(arena_printf(&arena, "%s-%d", "a", 7), "a-7");
    arena_reset(&arena);
    assert_int_equal(arena.used, 0);
    assert_string_equal(arena_strndup(&arena, "abc", 2), "ab");
    arena_fini(&arena);
}

static void
arena_keeps_its_limit(void **state)
{
    volatile size_t absurd = SIZE_MAX; /* the compiler would see it coming */
    struct arena arena;

    (void)state;
    arena_init(&arena, 100);
    assert_non_null(arena_alloc(&arena, 64));
    assert_null(arena_alloc(&arena, 64));
    assert_null(arena_alloc(&arena, absurd));
    assert_null(arena_printf(&arena, "%100d", 1));
    assert_non_null(arena_alloc(&arena, 32));
    arena_fini(&arena);
}

static void
buf_keeps_its_maximum(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 10);
    assert_string_equal(buf_text(&buf), "");
    buf_str(&buf, "12345");
    buf_printf(&buf, "%d", 678);
    assert_false(buf.over);
    buf_str(&buf, "too much");
    assert_true(buf.over);
    assert_string_equal(buf_text(&buf), "12345678");
    buf_str(&buf, "x"); /* would fit, but the text is broken already */
    assert_string_equal(buf_text(&buf), "12345678");
    buf_clear(&buf);
    buf_str(&buf, "abcdef");
    buf_drop(&buf, 4);
    assert_string_equal(buf_text(&buf), "ef");
    buf_fini(&buf);
}

static void
buf_take_leaves_an_empty_one(void **state)
{
    struct buf buf;
    size_t len;
    char *text;

    (void)state;
    buf_init(&buf, 100);
    text = buf_take(&buf, &len);
    assert_string_equal(text, "");
    free(text);
    buf_str(&buf, "mine");
    text = buf_take(&buf, &len);
    assert_int_equal(len, 4);
    assert_string_equal(text, "mine");
    assert_int_equal(buf.len, 0);
    free(text);
    buf_fini(&buf);
}

static void
map_finds_what_was_set(void **state)
{
    enum { COUNT = 10000 };
    static int values[COUNT];
    struct map map;
    char key[16];

    (void)state;
    map_init(&map);
    assert_null(map_find(&map, STR("nothing")));
    for (int i = 0; i < COUNT; i++) {
        snprintf(key, sizeof key, "key %d", i);
        assert_null(map_set(&map, str_of(key), &values[i]));
    }
    assert_int_equal(map.count, COUNT);
    assert_ptr_equal(map_set(&map, STR("key 7"), &values[8]), &values[7]);
    for (int i = 0; i < COUNT; i += 2) {
        snprintf(key, sizeof key, "key %d", i);
        assert_ptr_equal(map_remove(&map, str_of(key)), &values[i]);
        assert_null(map_remove(&map, str_of(key)));
    }
    assert_ptr_equal(map_find(&map, STR("key 7")), &values[8]);
    assert_null(map_find(&map, STR("key 8")));
    assert_int_equal(map.count, COUNT / 2);
    map_fini(&map);
}

static void
map_walk_survives_removal(void **state)
{
    struct map map;
    struct map_cursor cursor = { 0 };
    struct map_entry *entry;
    size_t seen = 0;
    char key[16];

    (void)state;
    map_init(&map);
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "%d", i);
        map_set(&map, str_of(key), &map);
    }
    while ((entry = map_next(&map, &cursor))) {
        seen++;
        map_remove(&map, (struct str){ entry->key, entry->key_len });
    }
    assert_int_equal(seen, 1000);
    assert_int_equal(map.count, 0);
    map_fini(&map);
}

struct item {
    int number;
    struct list link;
};

static void
list_keeps_order_and_allows_removal_while_walking(void **state)
{
    struct item items[5];
    struct list head;
    int expected = 0;

    (void)state;
    list_init(&head);
    for (int i = 0; i < 5; i++) {
        items[i].number = i;
        list_add_tail(&head, &items[i].link);
    }
    LIST_EACH(&head, node)
    {
        struct item *item = LIST_ENTRY(node, struct item, link);

        assert_int_equal(item->number, expected++);
        list_remove(node);
        assert_false(list_is_linked(node));
    }
    assert_int_equal(expected, 5);
    assert_true(list_is_empty(&head));
}

static void
a_percent_stands_before_what_is_not_plain(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 64);
    buf_percent(&buf, (struct str){ "aZ9-/%\xc3\0", 8 }, "-");
    assert_string_equal(buf_text(&buf), "aZ9-%2F%25%C3%00");
    buf_fini(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_percent_stands_before_what_is_not_plain),
        cmocka_unit_test(arena_hands_out_zeroed_aligned_memory),
        cmocka_unit_test(arena_keeps_its_limit),
        cmocka_unit_test(buf_keeps_its_maximum),
        cmocka_unit_test(buf_take_leaves_an_empty_one),
        cmocka_unit_test(map_finds_what_was_set),
        cmocka_unit_test(map_walk_survives_removal),
        cmocka_unit_test(list_keeps_order_and_allows_removal_while_walking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
