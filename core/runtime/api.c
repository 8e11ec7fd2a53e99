/* SPDX-License-Identifier: MIT */
/*
 * The function table that modules call through il_api_ (interlude/api.h): names on the left, who does it on the right.
 */
#include "runtime/event.h"
#include "runtime/io.h"
#include "runtime/lambda.h"
#include "runtime/response.h"
#include "runtime/search.h"
#include "runtime/table.h"
#include "runtime/upload.h"

static const il_api table = {
    .size = sizeof table,
    .abi_major = IL_ABI,
    .abi_minor = IL_ABI_MINOR,
    .ask = ask_items,
    .confirm = ask_confirm,
    .user = context_user,
    .info = context_info,
    .param = context_param,
    .log = progress_log,
    .redirect = context_redirect,
    .loading = progress_loading,
    .loading_step = progress_step,
    .result = result_set,
    .result_row = result_add_row,
    .fail = result_fail,
    .alloc = memory_alloc,
    .format = memory_format,
    .defer = memory_defer,
    .canceled = cancel_is_set,
    .cancel_fd = cancel_fd,
    .sleep_ms = cancel_sleep,
    .data_dir = context_data_dir,
    .row = rows_add,
    .rows_total = rows_total,
    .page_head = page_head,
    .page_add = page_add,
    .method = request_method,
    .path = request_path,
    .path_param = request_path_param,
    .query = request_query,
    .header = request_header,
    .body = request_body,
    .request_format = request_format,
    .respond_header = response_header,
    .respond = response_body,
    .notify = notify_send,
    .file_read = file_read,
    .file_open = file_open,
    .tile = tile_add,
    .hit = hits_add,
    .event_json = event_json,
    .respond_lambda = lambda_respond,
    .call_info = call_info,
    .remaining_ms = call_remaining_ms,
    .request_canceled = call_is_canceled,
    .query_at = request_query_at,
    .header_at = request_header_at,
};

const struct il_api *
runtime_api(void)
{
    return &table;
}
