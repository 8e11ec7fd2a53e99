/* SPDX-License-Identifier: MIT */
/** How a call ended, and how a handler ends. */
#ifndef INTERLUDE_STATUS_H
#define INTERLUDE_STATUS_H

/**
 * Result of everything that can fail, and of handlers. IL_CANCELED and IL_CLOSED are sticky: after the first one every
 * call that asks, shows or redirects returns at once.
 *
 * What a handler's result does: IL_OK completes the run with the value set by il_return*; IL_FAILED fails it with the
 * text of il_fail; IL_CANCELED and IL_CLOSED end it in silence; anything else fails it with the name of the code. Since
 * 1.0.
 */
typedef enum il_status {
    IL_OK = 0,
    IL_CANCELED = 1,     /**< The person left or pressed Cancel: clean up and return this. */
    IL_CLOSED = 2,       /**< Asked again after IL_CANCELED, or outside a run (in .load or .health). */
    IL_BAD_RESPONSE = 3, /**< The answer did not have the shape the method promises. */
    IL_RENDER_ERROR = 4, /**< The server refused what was to be shown. */
    IL_INVALID = 5,      /**< The call's arguments make no sense; the message names the item. A mistake in the route. */
    IL_NO_MEMORY = 6,    /**< The run holds more than 64 MiB of texts, rows and il_new. */
    IL_UNSUPPORTED = 7,  /**< The module uses an option that this host is too old for. */
    IL_FAILED = 8,       /**< An ordinary failure, with the text given to il_fail. */
} il_status;

/**
 * Returns from the calling function unless the call went well; for functions that return il_status themselves.
 * expr  evaluated once. Since 1.0.
 */
#define IL_TRY(expr)                                                                                                   \
    do {                                                                                                               \
        il_status il_s_ = (expr);                                                                                      \
        if (il_s_ != IL_OK)                                                                                            \
            return il_s_;                                                                                              \
    } while (0)

#endif
