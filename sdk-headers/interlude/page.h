/* SPDX-License-Identifier: MIT */
/**
 * Pages. The handler puts the layout together and returns; from then on only the callbacks of its asynchronous tables
 * run. Pages take no inputs: people act through links, buttons and row menus that lead to actions. A handler that adds
 * nothing and sets no head shows the list of the routes below the page.
 */
#ifndef INTERLUDE_PAGE_H
#define INTERLUDE_PAGE_H

#include "api.h"

/**
 * Sets the head of the page.
 *
 * title        NULL: the registered name
 * description  Markdown, NULL: none
 * menu         buttons at the right: IL_MENU(…), or NULL
 *
 * Copied. IL_INVALID: a menu item without target; the page then shows the error. Wire: title, description, menuItems.
 * Since 1.0.
 */
static inline il_status
il_page_head(il_page *page, const char *title, const char *description, const il_menu *menu)
{
    return il_api_->page_head(page, title, description, menu);
}

/**
 * Adds a display item below the others. Copied, except `.user` of a table with .async, which must live as long as the
 * page: take it from il_new. The rows of other tables are fetched here, once.
 *
 * IL_INVALID (an input, a wrong option), IL_NO_MEMORY, IL_UNSUPPORTED, or what the rows callback returned; the page
 * then shows the error, so the result need not be checked. Wire: children. Since 1.0.
 */
static inline il_status
il_page_add(il_page *page, const il_item *item)
{
    return il_api_->page_add(page, item);
}

#endif
