/* SPDX-License-Identifier: MIT */
/* Asks for a file and returns what is in it. */
#include <interlude.h>

static il_status
read_file(il_ctx *ctx)
{
    il_file file;
    il_str bytes;

    IL_TRY(il_ask(ctx, IL_FILE(&file, "File")));
    IL_TRY(il_file_read(ctx, &file, &bytes));
    return il_return(ctx, { "name", IL_S(file.name) }, { "bytes", IL_S(il_fmt(ctx, "%.*s", (int)bytes.len, bytes.p)) });
}
IL_ACTION(read_file);
