/* SPDX-License-Identifier: MIT */
/**
 * Values: what table cells, results, parameters and metadata are made of; and the small structs that several items
 * share.
 */
#ifndef INTERLUDE_VALUE_H
#define INTERLUDE_VALUE_H

#include "abi.h"

/** What an il_value holds. Since 1.0. */
typedef enum il_vtype {
    IL_V_UNDEF = 0, /**< Nothing at all: an absent parameter. */
    IL_V_NULL,      /**< JSON null. */
    IL_V_BOOL,      /**< .b */
    IL_V_INT,       /**< .i; beyond 2^53 it is drawn exactly, with an n behind it. */
    IL_V_NUM,       /**< .d; infinities and NaN are allowed. */
    IL_V_STR,       /**< .s */
    IL_V_TIME,      /**< .ms; an instant, drawn in the reader's time zone. */
    IL_V_JSON,      /**< .s; one JSON text. */
    IL_V_RICH,      /**< .rich; a cell with link, image or colour. */
} il_vtype;

/** Background of a table cell. Wire: highlightColor. Since 1.0. */
typedef enum il_color {
    IL_NO_COLOR = 0,
    IL_RED,
    IL_ORANGE,
    IL_YELLOW,
    IL_GREEN,
    IL_BLUE,
    IL_PURPLE,
    IL_PINK,
    IL_GRAY,
} il_color;

/**
 * Size of an image, longest side: 64, 128, 256, 512 pixels (in options 32, 48, 80, 128). Wire: size, width, height.
 * Since 1.0.
 */
typedef enum il_size {
    IL_SIZE_AUTO = 0, /**< Natural size, limited to the container; in options a thumbnail. */
    IL_THUMBNAIL,
    IL_SMALL,
    IL_MEDIUM,
    IL_LARGE,
} il_size;

/** Look of a button or menu item. Wire: theme. Since 1.0. */
typedef enum il_theme {
    IL_THEME_AUTO = 0, /**< Chosen by the place: the first button of a form and the last of a page are primary. */
    IL_PRIMARY,
    IL_SECONDARY,
    IL_DANGER,
} il_theme;

typedef struct il_rich il_rich;

/** One scalar, or a piece of JSON. Write it with the macros below; read it after looking at .type. Since 1.0. */
typedef struct il_value {
    il_vtype type; /**< Which member below holds it. */
    union {
        bool b;
        int64_t i;
        double d;
        const char *s;
        int64_t ms; /**< Milliseconds since 1970-01-01 00:00 UTC. */
        const il_rich *rich;
    };
} il_value;

/** null. Since 1.0. */
#define IL_NIL ((il_value){ .type = IL_V_NULL })
/** A boolean. Since 1.0. */
#define IL_B(x) ((il_value){ .type = IL_V_BOOL, .b = (x) })
/** An integer (int64_t). Since 1.0. */
#define IL_I(x) ((il_value){ .type = IL_V_INT, .i = (x) })
/** A number (double). Since 1.0. */
#define IL_N(x) ((il_value){ .type = IL_V_NUM, .d = (x) })
/** A text; IL_S(NULL) is null. Since 1.0. */
#define IL_S(x) ((il_value){ .type = IL_V_STR, .s = (x) })
/** An instant: milliseconds since 1970-01-01 00:00 UTC. Wire: Date. Since 1.0. */
#define IL_T(ms_) ((il_value){ .type = IL_V_TIME, .ms = (ms_) })
/**
 * One JSON text (object, array or scalar), checked when it is used: a malformed one makes the call fail with
 * IL_INVALID. Since 1.0.
 */
#define IL_RAW(x) ((il_value){ .type = IL_V_JSON, .s = (x) })
/** A cell with more than a value; the options are the members of il_rich. Since 1.0. */
#define IL_RICH(...) ((il_value){ .type = IL_V_RICH, .rich = &(const il_rich){ __VA_ARGS__ } })

/** A named value. Since 1.0. */
typedef struct il_kv {
    const char *key; /**< NULL ends a list. */
    il_value value;  /**< Not IL_RICH. */
} il_kv;

/**
 * A list of named values: `IL_PARAMS({ "id", IL_I(7) }, { "tab", IL_S("notes") })`. For .params and .fields. Since 1.0.
 */
#define IL_PARAMS(...) ((const il_kv[]){ __VA_ARGS__, { 0 } })

/** An image inside an option, a cell or a metadata item. Either url or data. Wire: image. Since 1.0. */
typedef struct il_image {
    const char *url;     /**< Address of the image. */
    const char *alt;     /**< Text for people who do not see it. */
    const void *data;    /**< The bytes themselves (png, gif, jpeg, webp); sent as a data: URL. */
    size_t len;          /**< Of data, in bytes; at most 8 MiB. */
    il_size size;        /**< 0: IL_SIZE_AUTO. */
    bool contain;        /**< Grid items: fit inside instead of covering. */
    double aspect_ratio; /**< Grid items: width / height. 0: 16/9. */
} il_image;

/** A table cell with a link, an image or a colour. label is shown, value is what sorting looks at. Since 1.0. */
struct il_rich {
    il_value label;      /**< What is shown. */
    il_value value;      /**< Not given: label. */
    const char *url;     /**< Link to anywhere; opens in a new tab. Not together with route. */
    const char *route;   /**< Link to a route: its full slug, such as "users/edit" (il_target). */
    const il_kv *params; /**< Parameters for route (IL_PARAMS). */
    il_image image;      /**< Picture beside or instead of the text. */
    il_color highlight;  /**< Background. */
};

/** An entry of a row menu, or a button of a heading or page: label and exactly one of route and url. Since 1.0. */
typedef struct il_menu {
    const char *label;   /**< NULL ends a list. */
    const char *route;   /**< Full slug of an action or page (il_target). */
    const char *url;     /**< Address outside; opens in a new tab. */
    const il_kv *params; /**< Parameters for route (IL_PARAMS). */
    il_theme theme;      /**< Row menus know only IL_DANGER. */
    bool disabled;       /**< Drawn, but leads nowhere; needs neither route nor url. */
} il_menu;

/** A list of menu entries: `IL_MENU({ .label = "Edit", .route = "users/edit" }, …)`. Since 1.0. */
#define IL_MENU(...) ((const il_menu[]){ __VA_ARGS__, { 0 } })

/** A number that may be absent although 0 is a meaningful value: `.min = IL_SET(0)`. Since 1.0. */
typedef struct il_optd {
    bool set; /**< Is there a number? */
    double v; /**< The number. */
} il_optd;
/* clang-format off */
/** A given number. Since 1.0. */
#define IL_SET(x) { true, (x) }
/* clang-format on */

/** Bytes that belong to somebody else; NUL behind .len where a comment says so. Since 1.0. */
typedef struct il_str {
    const char *p; /**< First byte; NULL only when len is 0. */
    size_t len;    /**< Number of bytes. */
} il_str;

/** A day as the person sees it, without time zone. month 1-12, day 1-31. Since 1.0. */
typedef struct il_date {
    int year, month, day; /**< 1 to 9999, 1 to 12, 1 to 31. */
} il_date;

/** A time of day. hour 0-23, minute 0-59. Since 1.0. */
typedef struct il_time {
    int hour, minute; /**< 0 to 23, 0 to 59. */
} il_time;

/** Both. Since 1.0. */
typedef struct il_datetime {
    int year, month, day, hour, minute; /**< As in il_date and il_time. */
} il_datetime;

#endif
