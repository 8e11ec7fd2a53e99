/* SPDX-License-Identifier: MIT */
/**
 * The one header that a route author includes. A route is a plain C function; compiled to a shared object and dropped
 * into routes/ it is an action (asks and shows), a page (shows) or a function (answers HTTP):
 *
 *     #include <interlude.h>
 *
 *     static il_status greet(il_ctx *ctx)
 *     {
 *         const char *name;
 *         IL_TRY(il_ask(ctx, IL_TEXT(&name, "Your name", .min_len = 2)));
 *         return il_return(ctx, { "greeting", IL_S(il_fmt(ctx, "Hello, %s", name)) });
 *     }
 *     IL_ACTION(greet, .name = "Greet", .description = "Says hello");
 *
 * There is no library to link. Build with the flags in the file module-flags beside this header.
 *
 * Rules that hold everywhere
 * - Options are written `.option = value` behind the fixed arguments; an option that is not given is zero, and zero
 *   means default.
 * - All texts are UTF-8 and NUL-terminated. Invalid bytes are replaced by U+FFFD on the way out. A NULL label is an
 *   empty label.
 * - What a call is given is used during the call only, unless its comment says otherwise. What a call gives back lives
 *   until the handler returns; on pages, and in callbacks of tables, until the page or the transaction is closed.
 * - An il_ctx belongs to the thread that runs the handler. il_log, il_loading_*, il_canceled may be called from any
 *   thread.
 * - Do not hold a lock across il_ask: a person may take hours to answer.
 */
#ifndef INTERLUDE_H
#define INTERLUDE_H

#include "interlude/abi.h"
#include "interlude/status.h"
#include "interlude/value.h"
#include "interlude/item.h"
#include "interlude/input.h"
#include "interlude/select.h"
#include "interlude/display.h"
#include "interlude/table.h"
#include "interlude/file.h"
#include "interlude/search.h"
#include "interlude/sheet.h"
#include "interlude/grid.h"
#include "interlude/api.h"
#include "interlude/io.h"
#include "interlude/context.h"
#include "interlude/page.h"
#include "interlude/function.h"
#include "interlude/route.h"

#endif
