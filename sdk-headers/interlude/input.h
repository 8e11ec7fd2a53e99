/* SPDX-License-Identifier: MIT */
/**
 * Input items that ask for one value. Every macro takes the address of the variable for the answer, the label, and
 * options. The variables are set when il_ask returns IL_OK and are provisional before; texts live until the handler
 * returns.
 *
 * The limits are checked in the browser and again in the host, so a handler never sees an answer outside of them.
 */
#ifndef INTERLUDE_INPUT_H
#define INTERLUDE_INPUT_H

#include "item.h"

/** Options of IL_TEXT. Since 1.0. */
typedef struct il_text {
    IL_HEAD;
    const char *placeholder; /**< Grey text in the empty field. Wire: placeholder. */
    const char *value;       /**< What the field holds at first. Wire: defaultValue. */
    bool multiline;          /**< A text area instead of one line. Wire: multiline. */
    int lines;               /**< Height of the text area. 0: 3. Wire: lines. */
    int min_len;             /**< Least number of characters (code points). 0: no limit. Wire: minLength. */
    int max_len;             /**< Greatest number of characters (code points). 0: no limit. Wire: maxLength. */
} il_text;

/**
 * Asks for text. out: const char **; the text as typed, not trimmed, never empty; NULL when an optional field was left
 * empty. Wire: INPUT_TEXT. Since 1.0.
 */
#define IL_TEXT(out, ...) IL_INPUT_(il_text, IL_M_TEXT, const char *, out, __VA_ARGS__)

/** Options of IL_EMAIL. Since 1.0. */
typedef struct il_email {
    IL_HEAD;
    const char *placeholder; /**< Grey text in the empty field. Wire: placeholder. */
    const char *value;       /**< What the field holds at first. Wire: defaultValue. */
} il_email;

/**
 * Asks for an email address (form checked, not whether it exists). out: const char **. Wire: INPUT_EMAIL. Since 1.0.
 */
#define IL_EMAIL(out, ...) IL_INPUT_(il_email, IL_M_EMAIL, const char *, out, __VA_ARGS__)

/** Options of IL_URL. Since 1.0. */
typedef struct il_url {
    IL_HEAD;
    const char *placeholder; /**< Grey text in the empty field. Wire: placeholder. */
    const char *value;       /**< What the field holds at first. Wire: defaultValue. */
    /** Allowed schemes without colon, list ended by NULL (IL_TEXTS). NULL: http, https. Wire: allowedProtocols. */
    const char *const *protocols;
} il_url;

/** Asks for a URL. out: const char **; as typed. Wire: INPUT_URL. Since 1.0. */
#define IL_URL(out, ...) IL_INPUT_(il_url, IL_M_URL, const char *, out, __VA_ARGS__)

/** A list of texts, ended by NULL: `.protocols = IL_TEXTS("https", "sftp")`. Since 1.0. */
#define IL_TEXTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/** Options of IL_NUMBER. Since 1.0. */
typedef struct il_number {
    IL_HEAD;
    const char *placeholder; /**< Grey text in the empty field. Wire: placeholder. */
    const char *prepend;     /**< Text inside the field, at the left. Wire: prepend. */
    const char *currency;    /**< USD, CAD, AUD, EUR, GBP, CNY or JPY: symbol, code and 2 decimals. Wire: currency. */
    il_optd value;           /**< What the field holds at first: IL_SET(3). Wire: defaultValue. */
    il_optd min;             /**< Least value: IL_SET(0). Wire: min. */
    il_optd max;             /**< Greatest value: IL_SET(10). Wire: max. */
    int decimals;            /**< Digits behind the point. 0: whole numbers, with currency 2. Wire: decimals. */
} il_number;

/**
 * Asks for a number. out: double *; 0 when an optional field was left empty (see .present). Wire: INPUT_NUMBER. Since
 * 1.0.
 */
#define IL_NUMBER(out, ...) IL_INPUT_(il_number, IL_M_NUMBER, double, out, __VA_ARGS__)

/** Options of IL_SLIDER. Since 1.1. */
typedef struct il_slider {
    IL_HEAD;
    double min;  /**< Left end. Wire: min. */
    double max;  /**< Right end, greater than min. Wire: max. */
    double step; /**< Distance of two positions; its decimals are those of the answer. 0: 1. Wire: step. */
    il_optd
        value; /**< Where it stands at first; not given: nowhere, and the person has to move it. Wire: defaultValue. */
} il_slider;

/**
 * Asks for a number with a slider: `IL_SLIDER(&percent, "Share", .max = 100, .step = 5)`. out: double *; 0 when an
 * optional field was left empty (see .present). Wire: INPUT_SLIDER. Since 1.1.
 */
#define IL_SLIDER(out, ...) IL_INPUT_(il_slider, IL_M_SLIDER, double, out, __VA_ARGS__)

/** Options of IL_RICH_TEXT. Since 1.1. */
typedef struct il_rich_text {
    IL_HEAD;
    const char *placeholder; /**< Grey text in the empty field. Wire: placeholder. */
    const char *value;       /**< HTML that the field holds at first. Wire: defaultValue. */
} il_rich_text;

/**
 * Asks for formatted text. out: const char **; HTML, NULL when an optional field was left empty. The HTML comes from a
 * browser: treat it as untrusted, clean it before anybody sees it outside of IL_HTML, which does so itself. Wire:
 * INPUT_RICH_TEXT. Since 1.1.
 */
#define IL_RICH_TEXT(out, ...) IL_INPUT_(il_rich_text, IL_M_RICH_TEXT, const char *, out, __VA_ARGS__)

/** Options of IL_BOOLEAN. Since 1.0. */
typedef struct il_flag {
    IL_HEAD;
    bool value; /**< Ticked at first. Wire: defaultValue. */
} il_flag;

/** Asks with a checkbox. out: bool *. Never left empty. Wire: INPUT_BOOLEAN. Since 1.0. */
#define IL_BOOLEAN(out, ...) IL_INPUT_(il_flag, IL_M_BOOLEAN, bool, out, __VA_ARGS__)

/** A day: `.min = IL_YMD(2024, 1, 31)`. Since 1.0. */
#define IL_YMD(year_, month_, day_) (&(const il_date){ .year = (year_), .month = (month_), .day = (day_) })
/** A time of day: `.min = IL_HM(8, 30)`. Since 1.0. */
#define IL_HM(hour_, minute_) (&(const il_time){ .hour = (hour_), .minute = (minute_) })
/** A day and a time: `.min = IL_YMDHM(2024, 1, 31, 8, 30)`. Since 1.0. */
#define IL_YMDHM(year_, month_, day_, hour_, minute_)                                                                  \
    (&(const il_datetime){ .year = (year_), .month = (month_), .day = (day_), .hour = (hour_), .minute = (minute_) })

/** Options of IL_DATE. Since 1.0. */
typedef struct il_date_in {
    IL_HEAD;
    const il_date *value; /**< What the field holds at first. Wire: defaultValue. */
    const il_date *min;   /**< First day allowed. Wire: min. */
    const il_date *max;   /**< Last day allowed. Wire: max. */
} il_date_in;

/** Asks for a day. out: il_date *; all zero when an optional field was left empty. Wire: INPUT_DATE. Since 1.0. */
#define IL_DATE(out, ...) IL_INPUT_(il_date_in, IL_M_DATE, il_date, out, __VA_ARGS__)

/** Options of IL_TIME. Since 1.0. */
typedef struct il_time_in {
    IL_HEAD;
    const il_time *value; /**< What the field holds at first. Wire: defaultValue. */
    const il_time *min;   /**< First minute allowed. Wire: min. */
    const il_time *max;   /**< Last minute allowed. Wire: max. */
} il_time_in;

/** Asks for a time of day. out: il_time *. Wire: INPUT_TIME. Since 1.0. */
#define IL_TIME(out, ...) IL_INPUT_(il_time_in, IL_M_TIME, il_time, out, __VA_ARGS__)

/** Options of IL_DATETIME. Since 1.0. */
typedef struct il_datetime_in {
    IL_HEAD;
    const il_datetime *value; /**< What the field holds at first. Wire: defaultValue. */
    const il_datetime *min;   /**< First minute allowed. Wire: min. */
    const il_datetime *max;   /**< Last minute allowed. Wire: max. */
} il_datetime_in;

/** Asks for a day and a time, without time zone. out: il_datetime *. Wire: INPUT_DATETIME. Since 1.0. */
#define IL_DATETIME(out, ...) IL_INPUT_(il_datetime_in, IL_M_DATETIME, il_datetime, out, __VA_ARGS__)

/** Options of IL_CONFIRM. Since 1.1. */
typedef struct il_confirmation {
    IL_HEAD;
    il_theme theme; /**< Look of the button that says yes: IL_DANGER for what cannot be undone. Wire: theme. */
} il_confirmation;

/**
 * Asks for a yes or no before something happens, in a box of its own: `IL_CONFIRM(&yes, "Delete all?", .theme =
 * IL_DANGER, .help_text = "There is no way back.")`. The only item of its il_ask; il_confirm is short for it. out:
 * bool *. Wire: CONFIRM. Since 1.1.
 */
#define IL_CONFIRM(out, ...) IL_INPUT_(il_confirmation, IL_M_CONFIRM, bool, out, __VA_ARGS__)

/** Options of IL_CONFIRM_IDENTITY. Since 1.1. */
typedef struct il_identity {
    IL_HEAD;
    /** How old, in ms, a proof may be; IL_SET(0): ask now. Not given: 5 minutes. Wire: gracePeriodMs. */
    il_optd grace_ms;
} il_identity;

/**
 * Has the person prove who they are (password, or what the server asks for): `IL_CONFIRM_IDENTITY(&ok, "Close the
 * account")`. The server vouches for it, not the browser. The only item of its il_ask. out: bool *; false: declined.
 * Wire: CONFIRM_IDENTITY. Since 1.1.
 */
#define IL_CONFIRM_IDENTITY(out, ...) IL_INPUT_(il_identity, IL_M_CONFIRM_IDENTITY, bool, out, __VA_ARGS__)

#endif
