/* SPDX-License-Identifier: MIT */
/**
 * Display items: they show something and ask for nothing. For il_show, il_ask and il_page_add. Tables are in table.h,
 * grids in grid.h.
 */
#ifndef INTERLUDE_DISPLAY_H
#define INTERLUDE_DISPLAY_H

#include "item.h"

/** Options of IL_MARKDOWN, IL_HTML and IL_CODE. Since 1.0. */
typedef struct il_text_block {
    IL_HEAD;
    const char *text;     /**< IL_HTML, IL_CODE: the content. Wire: html, code. */
    const char *language; /**< IL_CODE: "c", "sql" … NULL: detected. Wire: language. */
} il_text_block;

/** Shows GitHub-flavoured Markdown; the label is the text. No options. Wire: DISPLAY_MARKDOWN. Since 1.0. */
#define IL_MARKDOWN(...) IL_SHOW_(il_text_block, IL_M_MARKDOWN, __VA_ARGS__)
/**
 * Shows HTML: `IL_HTML("Preview", .text = "<b>bold</b>")`. The browser removes scripts and styles. Wire: DISPLAY_HTML.
 * Since 1.0.
 */
#define IL_HTML(...) IL_SHOW_(il_text_block, IL_M_HTML, __VA_ARGS__)
/**
 * Shows a highlighted block with Copy and Download: `IL_CODE("Query", .text = sql, .language = "sql")`. Wire:
 * DISPLAY_CODE. Since 1.0.
 */
#define IL_CODE(...) IL_SHOW_(il_text_block, IL_M_CODE, __VA_ARGS__)

/** Options of IL_HEADING. Since 1.0. */
typedef struct il_heading {
    IL_HEAD;
    int level;               /**< 2, 3 or 4. 0: 2. Wire: level. */
    const char *description; /**< Markdown below. Wire: description. */
    const il_menu *menu;     /**< Buttons at the right (IL_MENU). Wire: menuItems. */
} il_heading;

/** Shows a heading. Wire: DISPLAY_HEADING. Since 1.0. */
#define IL_HEADING(...) IL_SHOW_(il_heading, IL_M_HEADING, __VA_ARGS__)

/** Options of IL_IMAGE: either url or data. Since 1.0. */
typedef struct il_picture {
    IL_HEAD;
    const char *url;  /**< Address of the image. Wire: url. */
    const char *alt;  /**< Text for people who do not see it. Wire: alt. */
    const void *data; /**< The bytes themselves (png, gif, jpeg, webp); sent as a data: URL. */
    size_t len;       /**< Of data, in bytes; at most 8 MiB. */
    il_size size;     /**< 0: natural size. Wire: width, height. */
} il_picture;

/** Shows an image: `IL_IMAGE("Floor plan", .url = "https://…", .size = IL_MEDIUM)`. Wire: DISPLAY_IMAGE. Since 1.0. */
#define IL_IMAGE(...) IL_SHOW_(il_picture, IL_M_IMAGE, __VA_ARGS__)

/** Options of IL_LINK: exactly one of url and route. Since 1.0. */
typedef struct il_link {
    IL_HEAD;
    const char *url;      /**< Address outside; opens in a new tab. Wire: url. */
    const char *route;    /**< Full slug of an action or page (il_target). Wire: route. */
    const char *download; /**< With url: save under this file name. Wire: download. */
    const il_kv *params;  /**< With route: its parameters (IL_PARAMS). Wire: params. */
    il_theme theme;       /**< Wire: theme. */
} il_link;

/** Shows a link as a button; the label is its text. Wire: DISPLAY_LINK. Since 1.0. */
#define IL_LINK(...) IL_SHOW_(il_link, IL_M_LINK, __VA_ARGS__)

/** One pair of IL_METADATA: a label, and what is known about it. At most one of url and route. Since 1.0. */
typedef struct il_meta {
    const char *label;   /**< What it is. */
    il_value value;      /**< IL_S, IL_I …; not IL_RICH, not IL_RAW. Wire: value. */
    const char *url;     /**< Makes the value a link. Wire: url. */
    const char *route;   /**< Likewise, to a route. Wire: route. */
    const il_kv *params; /**< With route: its parameters (IL_PARAMS). Wire: params. */
    il_image image;      /**< Wire: image. */
    const char *error;   /**< Red notice instead of a value (IL_LAYOUT_CARD). Wire: error. */
    /**
     * Finds out what takes time, after the others have been shown: fills in .value, .url, .error … of *meta, its own
     * copy. Called once, on the handler's thread, inside il_show or il_ask (on pages: after the handler has returned).
     * May use il_fmt, il_new, il_log and il_fail, not il_ask. Not IL_OK: the reason is logged and becomes .error. Since
     * 1.1.
     */
    il_status (*later)(il_ctx *ctx, struct il_meta *meta, void *user);
    void *user; /**< Passed to later. On pages it must live as long as the page: take it from il_new. Since 1.1. */
} il_meta;

/* clang-format off */
/** The pairs: `IL_META({ "Seats", IL_I(12) }, { "Owner", IL_S(name), .url = link })`. Wire: data. Since 1.0. */
#define IL_META(...)                                                       \
    .items = (const il_meta[]){ __VA_ARGS__ },                             \
    .n_items = sizeof((const il_meta[]){ __VA_ARGS__ }) / sizeof(il_meta), \
    .item_size = sizeof(il_meta)
/* clang-format on */

/** How metadata is laid out. Wire: layout. Since 1.0. */
typedef enum il_layout {
    IL_LAYOUT_GRID = 0, /**< Two to four columns. */
    IL_LAYOUT_LIST,     /**< One pair per line. */
    IL_LAYOUT_CARD,     /**< Cards with large values. */
} il_layout;

/** Options of IL_METADATA. Since 1.0. */
typedef struct il_metadata {
    IL_HEAD;
    const il_meta *items; /**< IL_META. */
    size_t n_items;       /**< Written by IL_META. */
    size_t item_size;     /**< 0: size of il_meta in 1.0. */
    il_layout layout;     /**< How they are arranged. Wire: layout. */
} il_metadata;

/** Shows labels and values: `IL_METADATA("Room", IL_META({ "Floor", IL_I(3) }))`. Wire: DISPLAY_METADATA. Since 1.0. */
#define IL_METADATA(...) IL_SHOW_(il_metadata, IL_M_METADATA, __VA_ARGS__)

/** Options of IL_VIDEO: either url or data. Since 1.1. */
typedef struct il_video {
    IL_HEAD;
    const char *url;  /**< Address of the video. Wire: url. */
    const void *data; /**< The bytes themselves (mp4, webm, ogg, avi); sent as a data: URL. */
    size_t len;       /**< Of data, in bytes; at most 8 MiB. */
    il_size size;     /**< 0: natural size. Wire: width, height. */
    bool loop;        /**< Starts again at its end. Wire: loop. */
    bool muted;       /**< Without sound at first. Wire: muted. */
} il_video;

/** Shows a player: `IL_VIDEO("Tour", .url = "https://…", .size = IL_MEDIUM)`. Wire: DISPLAY_VIDEO. Since 1.1. */
#define IL_VIDEO(...) IL_SHOW_(il_video, IL_M_VIDEO, __VA_ARGS__)

/** Options of IL_PROGRESS_STEPS. Since 1.1. */
typedef struct il_progress_steps {
    IL_HEAD;
    int completed;        /**< Steps that are done. Wire: steps.completed. */
    int total;            /**< All steps. Wire: steps.total. */
    const char *current;  /**< What is being done now. Wire: currentStep. */
    const char *subtitle; /**< Smaller text below the label. Wire: subTitle. */
} il_progress_steps;

/**
 * Shows a bar with `completed/total` that stays on the screen: `IL_PROGRESS_STEPS("Move", .completed = 1, .total = 3)`.
 * For work that goes on, il_loading_start is what you want. Wire: DISPLAY_PROGRESS_STEPS. Since 1.1.
 */
#define IL_PROGRESS_STEPS(...) IL_SHOW_(il_progress_steps, IL_M_PROGRESS_STEPS, __VA_ARGS__)

/** IL_PROGRESS_INDETERMINATE has no options. Since 1.1. */
typedef struct il_progress {
    IL_HEAD;
} il_progress;

/** Shows a spinner with the label that stays on the screen. Wire: DISPLAY_PROGRESS_INDETERMINATE. Since 1.1. */
#define IL_PROGRESS_INDETERMINATE(...) IL_SHOW_(il_progress, IL_M_PROGRESS_INDETERMINATE, __VA_ARGS__)

/** One line of IL_PROGRESS_LIST. Since 1.1. */
typedef struct il_task {
    const char *label;  /**< What there is to do. NULL ends a list. */
    bool is_complete;   /**< Done: a check mark. The first that is not gets a spinner. Wire: isComplete. */
    const char *result; /**< How it went. Wire: resultDescription. */
} il_task;

/** The lines: `.tasks = IL_TASKS({ "Back up", true, "12 MB" }, { "Copy" })`. Since 1.1. */
#define IL_TASKS(...) ((const il_task[]){ __VA_ARGS__, { 0 } })

/** Options of IL_PROGRESS_LIST. Since 1.1. */
typedef struct il_progress_list {
    IL_HEAD;
    const il_task *tasks; /**< IL_TASKS. Wire: items. */
} il_progress_list;

/** Shows what is done of a list and what is not. Wire: DISPLAY_PROGRESS_THROUGH_LIST. Since 1.1. */
#define IL_PROGRESS_LIST(...) IL_SHOW_(il_progress_list, IL_M_PROGRESS_LIST, __VA_ARGS__)

/** Options of IL_OBJECT: fields for flat things, json for anything. Since 1.0. */
typedef struct il_object {
    IL_HEAD;
    const il_kv *fields; /**< IL_PARAMS. */
    const char *json;    /**< One JSON text; wins over fields. */
} il_object;

/** Shows a value as a tree that folds: `IL_OBJECT("Order", .json = text)`. Wire: DISPLAY_OBJECT, data. Since 1.0. */
#define IL_OBJECT(...) IL_SHOW_(il_object, IL_M_OBJECT, __VA_ARGS__)

#endif
