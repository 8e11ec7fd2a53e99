/* SPDX-License-Identifier: MIT */
/* Links, images and menus: the sub-schemas that several methods share (rich.h; io-methods.md 7). */
#include "runtime/rich.h"

#include "base/mem.h"
#include "runtime/prefix.h"

enum { MAX_IMAGE = 8 << 20 };

void
rich_link(struct rich *rich, const char *route, const char *url, const il_kv *params)
{
    struct arena scratch;
    size_t mark;

    if (route && url) {
        rich_refuse(rich, "both route \"%s\" and url \"%s\" are given; a link has one of them", route, url);
        return;
    }
    if (route) {
        arena_init(&scratch, 0);
        rich_text(rich, "route", prefix_full(&scratch, route));
        arena_fini(&scratch);
    }
    rich_text(rich, "url", url);
    if (!route || !params)
        return;
    mark = rich_enter(rich, "params");
    rich_fields(rich, params);
    rich_leave(rich, mark);
}

/* The first base64 character tells the formats apart, as the original SDKs do it (io-methods.md 7.2). */
static const char *
image_type(unsigned char first_byte)
{
    switch (first_byte >> 2) {
    case 'i' - 'a' + 26:
        return "image/png";
    case 'R' - 'A':
        return "image/gif";
    case 63: /* '/' */
        return "image/jpeg";
    case 'U' - 'A':
        return "image/webp";
    default:
        return "image/unknown";
    }
}

static const char *
video_type(unsigned char first_byte)
{
    switch (first_byte >> 2) {
    case 'A' - 'A': /* an mp4 begins with the length of a small box */
        return "video/mp4";
    case 'G' - 'A':
        return "video/webm";
    case 'T' - 'A':
        return "video/ogg";
    case 'U' - 'A':
        return "video/avi";
    default:
        return "video/unknown";
    }
}

static void
put_base64(struct buf *buf, const unsigned char *p, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    buf_reserve(buf, (len + 2) / 3 * 4);
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        unsigned bits = (unsigned)p[i] << 16 | (left > 1 ? (unsigned)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0);
        char four[4] = { digits[bits >> 18], digits[bits >> 12 & 63], left > 1 ? digits[bits >> 6 & 63] : '=',
                         left > 2 ? digits[bits & 63] : '=' };

        buf_put(buf, four, sizeof four);
    }
}

static void
put_data_url(struct rich *rich, const il_image *image, const char *type)
{
    if (image->len > MAX_IMAGE) {
        rich_refuse(rich, "a file of %zu bytes: at most %d fit into a message; serve it under a url", image->len,
                    MAX_IMAGE);
        return;
    }
    json_name(&rich->out, "url");
    json_put_raw(&rich->out, STR("\"data:"));
    buf_str(rich->out.buf, type);
    buf_str(rich->out.buf, ";base64,");
    put_base64(rich->out.buf, image->data, image->len);
    buf_char(rich->out.buf, '"');
}

static void
put_media(struct rich *rich, const il_image *image, const char *(*type_of)(unsigned char first_byte))
{
    static const char *const sizes[] = { NULL, "thumbnail", "small", "medium", "large" };
    const char *size = NULL;

    if ((unsigned)image->size < COUNT_OF(sizes))
        size = sizes[image->size];
    else
        rich_refuse(rich, "unknown image size %d", (int)image->size);
    if (image->url)
        json_pair_text(&rich->out, "url", image->url);
    else if (image->data && image->len)
        put_data_url(rich, image, type_of(*(const unsigned char *)image->data));
    rich_text(rich, "alt", image->alt);
    rich_text(rich, "width", size);
    rich_text(rich, "height", size);
}

void
rich_image_pairs(struct rich *rich, const il_image *image)
{
    put_media(rich, image, image_type);
}

void
rich_video_pairs(struct rich *rich, const il_image *video)
{
    put_media(rich, video, video_type);
}

void
rich_image(struct rich *rich, const il_image *image)
{
    if (!image->url && !image->data)
        return;
    json_name(&rich->out, "image");
    json_object(&rich->out);
    rich_image_pairs(rich, image);
    json_object_end(&rich->out);
}

const char *
rich_theme(struct rich *rich, il_theme theme)
{
    static const char *const names[] = { NULL, "primary", "secondary", "danger" };

    if ((unsigned)theme < COUNT_OF(names))
        return names[theme];
    rich_refuse(rich, "unknown theme %d", (int)theme);
    return NULL;
}

void
rich_menu(struct rich *rich, const il_menu *menu)
{
    json_array(&rich->out);
    for (size_t i = 0; menu && menu->label; i++, menu++) {
        size_t mark = rich_enter_index(rich, i);

        if (!menu->route && !menu->url && !menu->disabled)
            rich_refuse(rich, "menu item \"%s\" leads nowhere; give it .route or .url, or make it .disabled",
                        menu->label);
        json_object(&rich->out);
        json_pair_text(&rich->out, "label", menu->label);
        rich_link(rich, menu->route, menu->url, menu->params);
        rich_text(rich, "theme", rich_theme(rich, menu->theme));
        if (menu->disabled)
            json_pair_bool(&rich->out, "disabled", true);
        json_object_end(&rich->out);
        rich_leave(rich, mark);
    }
    json_array_end(&rich->out);
}
