/* SPDX-License-Identifier: MIT */
/*
 * The module ABI as it was released (interlude/abi.h): a change of these figures breaks modules that exist. Growing is
 * another matter: when a struct with a size, a route or the table gets a member at its end, its SIZE goes up here, and
 * the minor number in abi.h with it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "runtime/io.h"

#define SIZE(type, bytes) assert_int_equal(sizeof(type), bytes)
#define OFFSET(type, field, bytes) assert_int_equal(offsetof(type, field), bytes)

static void
test_layout(void **state)
{
    (void)state;
    if (sizeof(void *) != 8) /* the figures are those of 64-bit machines */
        skip();
    SIZE(il_value, 16);
    SIZE(il_kv, 24);
    SIZE(il_rich, 112);
    SIZE(il_image, 48);
    SIZE(il_menu, 40);
    SIZE(il_optd, 16);
    SIZE(il_str, 16);
    SIZE(il_date, 12);
    SIZE(il_time, 8);
    SIZE(il_datetime, 20);
    SIZE(il_choice, 24);
    SIZE(il_option, 72);
    SIZE(il_column, 24); /* 16 in 1.0 */
    OFFSET(il_column, plain, 16);
    SIZE(il_meta, 120); /* 104 in 1.0 */
    OFFSET(il_meta, later, 104);
    SIZE(il_indexes, 16);
    SIZE(il_keys, 16);
    SIZE(il_access, 16);
    OFFSET(il_item, label, 8);
    OFFSET(il_item, out, 24);
    OFFSET(il_item, validate, 48);
    OFFSET(il_item, user, 56);
    SIZE(il_item, 64);
    SIZE(il_text, 96);
    SIZE(il_email, 80);
    SIZE(il_url, 88);
    SIZE(il_number, 144);
    SIZE(il_flag, 72);
    SIZE(il_date_in, 88);
    SIZE(il_time_in, 88);
    SIZE(il_datetime_in, 88);
    SIZE(il_select, 104);
    SIZE(il_select_many, 104);
    SIZE(il_select_table, 128);
    SIZE(il_table, 112);
    SIZE(il_text_block, 80);
    SIZE(il_heading, 88);
    SIZE(il_picture, 104);
    SIZE(il_link, 104);
    SIZE(il_metadata, 96);
    SIZE(il_object, 80);
}

static void
test_layout_since_1_1(void **state)
{
    (void)state;
    if (sizeof(void *) != 8)
        skip();
    SIZE(il_slider, 104);
    SIZE(il_rich_text, 80);
    SIZE(il_confirmation, 72);
    SIZE(il_identity, 80);
    SIZE(il_file, 48);
    SIZE(il_files, 16);
    SIZE(il_file_urls, 16);
    SIZE(il_file_in, 80);
    SIZE(il_search, 104);
    SIZE(il_sheet_column, 16);
    SIZE(il_sheet, 24);
    SIZE(il_spreadsheet, 104);
    SIZE(il_video, 96);
    SIZE(il_progress_steps, 88);
    SIZE(il_progress, 64);
    SIZE(il_task, 24);
    SIZE(il_progress_list, 72);
    SIZE(il_tile_info, 104);
    SIZE(il_grid, 96);
    SIZE(il_delivery, 16);
    SIZE(il_notification, 40);
}

static void
test_layout_of_what_the_host_reads(void **state)
{
    (void)state;
    if (sizeof(void *) != 8)
        skip();
    SIZE(il_form, 40);
    SIZE(il_loading, 32);
    SIZE(il_target, 40);
    SIZE(il_user_info, 56);
    SIZE(il_run_info, 56);
    SIZE(il_table_query, 48);
    SIZE(il_route, 136);
    SIZE(il_module, 72);
    SIZE(il_api, 368); /* 272 in 1.0, 312 in 1.1 */
    SIZE(il_call_info, 104);
    OFFSET(il_module, magic, 0);
    OFFSET(il_module, abi_major, 4);
    OFFSET(il_module, abi_minor, 8);
    OFFSET(il_module, size, 12);
    OFFSET(il_module, api, 16);
    OFFSET(il_module, routes, 24);
    OFFSET(il_module, n_routes, 32);
    OFFSET(il_module, route_stride, 40);
    OFFSET(il_route, kind, 4);
    OFFSET(il_route, slug, 8);
    OFFSET(il_route, action, 24);
    OFFSET(il_route, load, 64);
    OFFSET(il_route, access, 88);
    OFFSET(il_route, method, 112);
    OFFSET(il_route, timeout_ms, 132);
    OFFSET(il_api, ask, 16);
    OFFSET(il_api, user, 32);
    OFFSET(il_api, fail, 104);
    OFFSET(il_api, data_dir, 160);
    OFFSET(il_api, row, 168);
    OFFSET(il_api, page_head, 184);
    OFFSET(il_api, method, 200);
    OFFSET(il_api, respond, 264);
    OFFSET(il_api, notify, 272);
    OFFSET(il_api, hit, 304);
    OFFSET(il_api, event_json, 312);
    OFFSET(il_api, header_at, 360);
    OFFSET(il_call_info, deadline_ms, 16);
    OFFSET(il_call_info, call_id, 24);
    OFFSET(il_call_info, stage, 96);
}

/* A hole in the table would be called by some module. */
static void
test_table_is_full(void **state)
{
    const struct il_api *api = runtime_api();
    const void *const *member = (const void *const *)(const void *)&api->ask;

    (void)state;
    assert_int_equal(api->size, sizeof(il_api));
    assert_int_equal(api->abi_major, IL_ABI);
    assert_int_equal(api->abi_minor, IL_ABI_MINOR);
    for (; (const char *)member < (const char *)api + api->size; member++)
        assert_non_null(*member);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_layout_since_1_1),
        cmocka_unit_test(test_layout_of_what_the_host_reads),
        cmocka_unit_test(test_table_is_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
