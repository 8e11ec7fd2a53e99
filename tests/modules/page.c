/* SPDX-License-Identifier: MIT */
/* A page with one heading. */
#include <interlude.h>

static il_status
page(il_ctx *ctx, il_page *layout)
{
    (void)ctx;
    IL_TRY(il_page_head(layout, "A page", NULL, NULL));
    return il_page_add(layout, IL_HEADING("Hello"));
}
IL_PAGE(page, .name = "Page");
