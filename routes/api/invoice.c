/* SPDX-License-Identifier: MIT */
/*
 * Makes an invoice, as PDF, of a CSV with one line per item: description,quantity,price. A year of them takes a while,
 * so callers add /async and are told at their callback address:
 *     curl --data-binary @items.csv -H "X-Callback-Url: http://localhost:3000/fn/api/inbox" \
 *         http://localhost:3000/fn/api/invoice/async
 * The SDK in it: a body that is binary, answers that are refused (422), the time that is left, a cancelled call.
 */
#define _GNU_SOURCE
#include <interlude.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_LINES = 44, MAX_ITEMS = 20000, MAX_TEXT = 80, MAX_PDF = 8 << 20, LINE_POINTS = 15, TOP_POINTS = 790 };

struct item {
    char text[MAX_TEXT];
    double quantity, price;
};

struct pdf {
    char *bytes;
    size_t len;
    long *offsets; /* of object n */
    size_t objects;
    bool is_full;
};

/* ---- reading */

static bool read_item(const char *line, size_t len, struct item *item)
{
    const char *price = memrchr(line, ',', len), *quantity = price ? memrchr(line, ',', (size_t)(price - line)) : NULL;
    char number[40];
    size_t text_len;
    char *end;

    if (!quantity || quantity == line)
        return false;
    text_len = (size_t)(quantity - line) < MAX_TEXT - 1 ? (size_t)(quantity - line) : MAX_TEXT - 1;
    memcpy(item->text, line, text_len);
    item->text[text_len] = '\0';
    snprintf(number, sizeof number, "%.*s", (int)(price - quantity - 1), quantity + 1);
    item->quantity = strtod(number, &end);
    if (end == number || *end)
        return false;
    snprintf(number, sizeof number, "%.*s", (int)(line + len - price - 1), price + 1);
    item->price = strtod(number, &end);
    return end != number && !*end && item->quantity > 0 && item->quantity < 1e6 && item->price > -1e6 &&
           item->price < 1e6;
}

/* NULL: *wrong is the number of the line that cannot be read; 0: there are too many. */
static struct item *read_items(il_str csv, size_t *count, size_t *wrong)
{
    struct item *items = malloc(MAX_ITEMS * sizeof *items);
    const char *at = csv.p, *end = csv.p + csv.len;

    *count = 0;
    for (*wrong = 1; items && at < end; (*wrong)++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop ? stop : end) - at);

        if (len && at[len - 1] == '\r')
            len--;
        if (len && *count == MAX_ITEMS) {
            *wrong = 0;
            free(items);
            return NULL;
        }
        if (len && !read_item(at, len, &items[(*count)++])) {
            free(items);
            return NULL;
        }
        at = stop ? stop + 1 : end;
    }
    return items;
}

/* ---- writing: PDF 1.4, objects 1 catalogue, 2 list of pages, 3 font, then a page and its content in turn */

static void __attribute__((format(printf, 2, 3))) put(struct pdf *pdf, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(pdf->bytes + pdf->len, MAX_PDF - pdf->len, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= MAX_PDF - pdf->len)
        pdf->is_full = true;
    else
        pdf->len += (size_t)len;
}

static void begin_object(struct pdf *pdf)
{
    pdf->offsets[++pdf->objects] = (long)pdf->len;
    put(pdf, "%zu 0 obj\n", pdf->objects);
}

/* Text of one line; the font knows no more than Latin letters. */
static void put_text(struct pdf *pdf, int x, int y, const char *text)
{
    put(pdf, "BT /F1 10 Tf %d %d Td (", x, y);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '(' || c == ')' || c == '\\')
            put(pdf, "\\%c", c);
        else
            put(pdf, "%c", c >= ' ' && c < 0x7f ? c : '?');
    }
    put(pdf, ") Tj ET\n");
}

static void put_money(struct pdf *pdf, int x, int y, double amount)
{
    char text[32];

    snprintf(text, sizeof text, "%12.2f", amount);
    put_text(pdf, x, y, text);
}

static void put_page(struct pdf *pdf, const struct item *items, size_t count, size_t number, const double *total)
{
    int y = TOP_POINTS;
    size_t begin;
    char head[40];

    begin_object(pdf);
    put(pdf,
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
        "/Contents %zu 0 R >>\nendobj\n",
        pdf->objects + 1);
    begin_object(pdf);
    put(pdf, "<< /Length %zu 0 R >>\nstream\n", pdf->objects + 1);
    begin = pdf->len;
    snprintf(head, sizeof head, "Invoice, page %zu", number);
    put_text(pdf, 50, y, head);
    for (size_t i = 0; i < count; i++) {
        y -= LINE_POINTS;
        put_text(pdf, 50, y, items[i].text);
        put_money(pdf, 330, y, items[i].quantity);
        put_money(pdf, 410, y, items[i].price);
        put_money(pdf, 490, y, items[i].quantity * items[i].price);
    }
    if (total) {
        put_text(pdf, 410, y - 2 * LINE_POINTS, "Total");
        put_money(pdf, 490, y - 2 * LINE_POINTS, *total);
    }
    begin = pdf->len - begin;
    put(pdf, "endstream\nendobj\n");
    begin_object(pdf);
    put(pdf, "%zu\nendobj\n", begin);
}

static void put_tail(struct pdf *pdf, size_t pages)
{
    long table;

    pdf->offsets[2] = (long)pdf->len;
    put(pdf, "2 0 obj\n<< /Type /Pages /Count %zu /Kids [", pages);
    for (size_t i = 0; i < pages; i++)
        put(pdf, " %zu 0 R", 4 + 3 * i);
    put(pdf, " ] >>\nendobj\n");
    table = (long)pdf->len;
    put(pdf, "xref\n0 %zu\n0000000000 65535 f \n", pdf->objects + 1);
    for (size_t i = 1; i <= pdf->objects; i++)
        put(pdf, "%010ld 00000 n \n", pdf->offsets[i]);
    put(pdf, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%ld\n%%%%EOF\n", pdf->objects + 1, table);
}

/* false: the call was cancelled. */
static bool write_invoice(il_request *req, struct pdf *pdf, const struct item *items, size_t count)
{
    size_t pages = count ? (count + PAGE_LINES - 1) / PAGE_LINES : 1;
    double total = 0;

    for (size_t i = 0; i < count; i++)
        total += items[i].quantity * items[i].price;
    put(pdf, "%%PDF-1.4\n");
    begin_object(pdf);
    put(pdf, "<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
    pdf->objects = 2; /* the list of pages is written last */
    begin_object(pdf);
    put(pdf, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>\nendobj\n");
    for (size_t page = 0; page < pages; page++) {
        size_t first = page * PAGE_LINES, left = count - first;

        if (il_request_canceled(req))
            return false;
        put_page(pdf, items + first, left < PAGE_LINES ? left : PAGE_LINES, page + 1,
                 page + 1 == pages ? &total : NULL);
    }
    put_tail(pdf, pages);
    return true;
}

static il_status invoice(il_request *req, il_response *res)
{
    struct pdf pdf = { .bytes = malloc(MAX_PDF),
                       .offsets = calloc(4 + 3 * (MAX_ITEMS / PAGE_LINES + 1), sizeof(long)) };
    size_t count, wrong;
    struct item *items = read_items(il_body(req), &count, &wrong);
    il_status done = IL_NO_MEMORY;

    if (!items) {
        const char *why = wrong ? il_rfmt(req, "Line %zu is not description,quantity,price.\n", wrong)
                                : il_rfmt(req, "At most %d items fit into an invoice.\n", MAX_ITEMS);

        done = il_respond(res, 422, "text/plain", why, why ? strlen(why) : 0);
    } else if (pdf.bytes && pdf.offsets && !write_invoice(req, &pdf, items, count)) {
        done = IL_CANCELED;
    } else if (pdf.bytes && pdf.offsets && !pdf.is_full) {
        il_respond_header(res, "content-disposition", "attachment; filename=\"invoice.pdf\"");
        done = il_respond(res, 200, "application/pdf", pdf.bytes, pdf.len);
    }
    free(items);
    free(pdf.bytes);
    free(pdf.offsets);
    return done;
}
IL_FUNCTION(invoice, .method = "POST", .description = "Makes a PDF of a CSV with description,quantity,price");
