/* SPDX-License-Identifier: MIT */
// link: -lsqlite3
/*
 * A customer desk: list, details, new, edit, refund; on a database of its own that is filled with examples at first
 * use. The SDK in it: several routes as one module (IL_MODULE) because they share a connection, .load and .unload,
 * il_data_dir, pages that lead to actions and back (il_redirect), checks of a field and of a form, progress, log.
 */
#include <interlude.h>
#include <stdlib.h>
#include <string.h>

#include "customers/store.h"

struct customer {
    int64_t id, version, created_ms, paid_cents;
    const char *name, *email, *company, *plan, *note;
};

static const char *const plans[] = { "free", "team", "business" };

static const char *copy(il_ctx *ctx, sqlite3_stmt *st, int column)
{
    return store_text(st, column) ? il_fmt(ctx, "%s", store_text(st, column)) : NULL;
}

/* The customer that the parameter id names. */
static il_status load_customer(il_ctx *ctx, struct customer *c)
{
    const char *id = il_param_str(ctx, "id");
    sqlite3_stmt *st = store_prepare("SELECT id, version, created_ms, paid_cents, name, email, company, plan, note "
                                     "FROM customer_list WHERE id = CAST(?1 AS INTEGER)",
                                     "t", id);
    int result = sqlite3_step(st);

    if (result == SQLITE_DONE) {
        sqlite3_finalize(st);
        return il_fail(ctx, "There is no customer %s. Choose one from the list.", id ? id : "without a number");
    }
    if (result == SQLITE_ROW) {
        *c = (struct customer){ .id = sqlite3_column_int64(st, 0),
                                .version = sqlite3_column_int64(st, 1),
                                .created_ms = sqlite3_column_int64(st, 2),
                                .paid_cents = sqlite3_column_int64(st, 3),
                                .name = copy(ctx, st, 4),
                                .email = copy(ctx, st, 5),
                                .company = copy(ctx, st, 6),
                                .plan = copy(ctx, st, 7),
                                .note = copy(ctx, st, 8) };
        result = sqlite3_step(st);
    }
    return store_done(ctx, st, result);
}

/* ---- the list */

/* What may be sorted by. The key comes from the browser: it is looked up, never pasted into the SQL. */
static const char *order_by(const char *key)
{
    static const char *const orders[][2] = { { "name", "name COLLATE NOCASE" },
                                             { "email", "email" },
                                             { "plan", "plan" },
                                             { "paid", "paid_cents" },
                                             { "since", "created_ms" } };

    for (size_t i = 0; key && i < sizeof orders / sizeof orders[0]; i++)
        if (strcmp(orders[i][0], key) == 0)
            return orders[i][1];
    return "id";
}

static il_status find_customers(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    char sql[512];
    int result;

    (void)user;
    snprintf(sql, sizeof sql,
             "SELECT id, name, email, company, plan, paid_cents, created_ms, count(*) OVER () FROM customer_list "
             "WHERE ?1 IS NULL OR instr(lower(name || ' ' || email || ' ' || ifnull(company, '')), lower(?1)) "
             "ORDER BY %s %s, id LIMIT ?2 OFFSET ?3",
             order_by(query->sort_column), query->sort_desc ? "DESC" : "ASC");
    sqlite3_stmt *st = store_prepare(sql, "tii", query->term, (int64_t)query->page_size, (int64_t)query->offset);

    il_total(rows, 0);
    while ((result = sqlite3_step(st)) == SQLITE_ROW) {
        const char *id = store_text(st, 0), *plan = store_text(st, 4);
        const il_kv *params = IL_PARAMS({ "id", IL_S(id) });

        il_total(rows, (uint64_t)sqlite3_column_int64(st, 7));
        il_row_menu(rows, id,
                    IL_MENU({ .label = "Edit", .route = "customers/edit", .params = params },
                            { .label = "Refund", .route = "customers/refund", .params = params, .theme = IL_DANGER }),
                    IL_RICH(.label = IL_S(store_text(st, 1)), .route = "customers/view", .params = params),
                    IL_S(store_text(st, 2)), IL_S(store_text(st, 3)),
                    IL_RICH(.label = IL_S(plan), .highlight = strcmp(plan, "business") ? IL_NO_COLOR : IL_PURPLE),
                    IL_S(money(sqlite3_column_int64(st, 5)).text), IL_T(sqlite3_column_int64(st, 6)));
    }
    return store_done(ctx, st, result);
}

static il_status list(il_ctx *ctx, il_page *page)
{
    int64_t customers, month, refunded;

    IL_TRY(store_number(ctx, store_prepare("SELECT count(*) FROM customers", ""), &customers));
    IL_TRY(store_number(ctx,
                        store_prepare("SELECT sum(cents - refunded_cents) FROM payments "
                                      "WHERE paid_ms > (unixepoch() - 30 * 86400) * 1000",
                                      ""),
                        &month));
    IL_TRY(store_number(ctx, store_prepare("SELECT sum(refunded_cents) FROM payments", ""), &refunded));
    il_page_head(page, "Customers", NULL, IL_MENU({ .label = "New customer", .route = "customers/new" }));
    il_page_add(page, IL_METADATA("", .layout = IL_LAYOUT_CARD,
                                  IL_META({ "Customers", IL_I(customers) }, { "Last 30 days", IL_S(money(month).text) },
                                          { "Refunded", IL_S(money(refunded).text) })));
    il_page_add(page, IL_TABLE("", .rows = find_customers, .async = true,
                               IL_COLUMNS({ "Name", "name" }, { "Email", "email" }, { "Company" }, { "Plan", "plan" },
                                          { "Paid", "paid" }, { "Since", "since" })));
    return IL_OK;
}

/* ---- one customer */

static il_status list_payments(il_ctx *ctx, const il_table_query *query, il_rows *rows, void *user)
{
    const struct customer *c = user;
    sqlite3_stmt *st = store_prepare("SELECT id, paid_ms, what, cents, refunded_cents, refund_reason FROM payments "
                                     "WHERE customer_id = ?1 ORDER BY paid_ms DESC",
                                     "i", c->id);
    int result;

    (void)query;
    while ((result = sqlite3_step(st)) == SQLITE_ROW) {
        int64_t cents = sqlite3_column_int64(st, 3), refunded = sqlite3_column_int64(st, 4);

        il_row(rows, store_text(st, 0), IL_T(sqlite3_column_int64(st, 1)), IL_S(store_text(st, 2)),
               IL_RICH(.label = IL_S(money(cents).text), .value = IL_I(cents)),
               refunded ? IL_RICH(.label = IL_S(money(refunded).text), .value = IL_I(refunded), .highlight = IL_ORANGE)
                        : IL_NIL,
               IL_S(store_text(st, 5)));
    }
    return store_done(ctx, st, result);
}

static il_status view(il_ctx *ctx, il_page *page)
{
    struct customer c;

    IL_TRY(load_customer(ctx, &c));
    const il_kv *params = IL_PARAMS({ "id", IL_S(il_fmt(ctx, "%lld", (long long)c.id)) });
    il_page_head(page, c.name, c.note,
                 IL_MENU({ .label = "All customers", .route = "customers" },
                         { .label = "Refund", .route = "customers/refund", .params = params },
                         { .label = "Edit", .route = "customers/edit", .params = params }));
    il_page_add(page, IL_METADATA("", IL_META({ "Email", IL_S(c.email) }, { "Company", IL_S(c.company) },
                                              { "Plan", IL_S(c.plan) }, { "Since", IL_T(c.created_ms) },
                                              { "Paid", IL_S(money(c.paid_cents).text) })));
    /* not asynchronous: called here, once, so .user may be a local variable */
    il_page_add(page, IL_TABLE("Payments", .rows = list_payments, .user = &c,
                               IL_COLUMNS({ "Paid at" }, { "For" }, { "Amount" }, { "Refunded" }, { "Reason" })));
    return IL_OK;
}

/* ---- new and edit: one form */

/* The email address is of nobody else. */
static const char *is_free(il_ctx *ctx, const void *out, void *user)
{
    const struct customer *c = user;
    int64_t other;

    if (store_number(ctx,
                     store_prepare("SELECT id FROM customers WHERE email = ?1 AND id <> ?2", "ti",
                                   *(const char *const *)out, c->id),
                     &other) != IL_OK)
        return "The database does not answer.";
    return other ? il_fmt(ctx, "Customer %lld has this address already.", (long long)other) : NULL;
}

struct form {
    struct customer *customer;
    size_t plan;
};

static const char *plan_fits(il_ctx *ctx, void *user)
{
    const struct form *form = user;
    bool needs_company = strcmp(plans[form->plan], "business") == 0;

    (void)ctx;
    return needs_company && !form->customer->company ? "The business plan needs a company." : NULL;
}

static il_status ask_customer(il_ctx *ctx, struct customer *c)
{
    struct form form = { .customer = c };
    struct customer before = *c; /* the variables are set while the form is open */

    IL_TRY(il_ask_form(
        ctx, IL_FORM(.validate = plan_fits, .user = &form),
        IL_TEXT(&c->name, "Name", .value = before.name, .min_len = 2, .max_len = 80),
        IL_EMAIL(&c->email, "Email", .value = before.email, .validate = is_free, .user = c),
        IL_TEXT(&c->company, "Company", .value = before.company, .optional = true),
        IL_SELECT(&form.plan, "Plan", .value = before.plan ? before.plan : "free",
                  IL_OPTIONS(IL_OPT("Free", "free"), IL_OPT("Team", "team", .description = "29 EUR a month"),
                             IL_OPT("Business", "business", .description = "199 EUR a month"))),
        IL_TEXT(&c->note, "Note", .value = before.note, .optional = true, .multiline = true,
                .help_text = "Markdown, shown at the top of the page")));
    c->plan = plans[form.plan];
    return IL_OK;
}

static il_status show_customer(il_ctx *ctx, int64_t id)
{
    return il_redirect(ctx, .route = "customers/view", .replace = true,
                       .params = IL_PARAMS({ "id", IL_S(il_fmt(ctx, "%lld", (long long)id)) }));
}

static il_status new_customer(il_ctx *ctx)
{
    struct customer c = { 0 };

    IL_TRY(ask_customer(ctx, &c));
    sqlite3_stmt *st = store_prepare("INSERT INTO customers (name, email, company, plan, note, created_ms) "
                                     "VALUES (?1, ?2, ?3, ?4, ?5, unixepoch() * 1000) RETURNING id",
                                     "ttttt", c.name, c.email, c.company, c.plan, c.note);
    IL_TRY(store_number(ctx, st, &c.id));
    return show_customer(ctx, c.id);
}

static il_status edit(il_ctx *ctx)
{
    struct customer c;
    int64_t done;

    IL_TRY(load_customer(ctx, &c));
    IL_TRY(ask_customer(ctx, &c));
    /* somebody else may have saved while this form was open: then the version differs, and nothing is overwritten */
    sqlite3_stmt *st = store_prepare("UPDATE customers SET name = ?3, email = ?4, company = ?5, plan = ?6, note = ?7, "
                                     "version = version + 1 WHERE id = ?1 AND version = ?2 RETURNING id",
                                     "iittttt", c.id, c.version, c.name, c.email, c.company, c.plan, c.note);
    IL_TRY(store_number(ctx, st, &done));
    if (!done)
        return il_fail(ctx, "Somebody else has changed %s meanwhile. Start again to see how.", c.name);
    return show_customer(ctx, c.id);
}

/* ---- refund */

static il_status choose_payment(il_ctx *ctx, struct customer *c, int64_t *payment, int64_t *left_cents)
{
    const char *paid = il_fmt(ctx, "has paid %s", money(c->paid_cents).text);
    il_keys chosen;

    IL_TRY(il_ask(ctx, IL_HEADING(c->name, .description = paid),
                  IL_SELECT_TABLE(&chosen, "Which payment?", .rows = list_payments, .user = c, .min_selections = 1,
                                  .max_selections = 1, .not_filterable = true,
                                  IL_COLUMNS({ "Paid at" }, { "For" }, { "Amount" }, { "Refunded" }, { "Reason" }))));
    *payment = strtoll(chosen.v[0], NULL, 10); /* the key that list_payments gave the row */
    sqlite3_stmt *st = store_prepare("SELECT cents - refunded_cents FROM payments WHERE id = ?1", "i", *payment);
    return store_number(ctx, st, left_cents);
}

/* All that changes anything, with its steps. */
static il_status pay_back(il_ctx *ctx, int64_t payment, int64_t cents, const char *reason)
{
    int64_t done;

    il_loading_start(ctx, "Refunding", .items = 2);
    il_log(ctx, "%s refunds %s of payment %lld", il_user(ctx)->email, money(cents).text, (long long)payment);
    IL_TRY(il_sleep_ms(ctx, 300)); /* here a real desk would call its bank */
    il_loading_step(ctx);
    sqlite3_stmt *st = store_prepare("UPDATE payments SET refunded_cents = refunded_cents + ?2, refund_reason = ?3 "
                                     "WHERE id = ?1 AND refunded_cents + ?2 <= cents RETURNING id",
                                     "iit", payment, cents, reason);
    IL_TRY(store_number(ctx, st, &done));
    il_loading_step(ctx);
    return done ? IL_OK : il_fail(ctx, "Meanwhile somebody else has refunded more of this payment than this leaves.");
}

static il_status refund(il_ctx *ctx)
{
    struct customer c;
    int64_t payment, left_cents;
    const char *reason;
    double amount;
    bool yes;

    IL_TRY(load_customer(ctx, &c));
    if (c.paid_cents == 0)
        return il_fail(ctx, "%s has not paid anything that could be refunded.", c.name);
    IL_TRY(choose_payment(ctx, &c, &payment, &left_cents));
    if (left_cents == 0)
        return il_fail(ctx, "This payment has been refunded already.");
    IL_TRY(il_ask(ctx,
                  IL_NUMBER(&amount, "Amount", .currency = "EUR", .value = IL_SET((double)left_cents / 100),
                            .min = IL_SET(0.01), .max = IL_SET((double)left_cents / 100)),
                  IL_TEXT(&reason, "Reason", .min_len = 3, .help_text = "The customer will read this.")));
    int64_t cents = (int64_t)(amount * 100 + 0.5);
    const char *question = il_fmt(ctx, "Refund %s to %s?", money(cents).text, c.name);
    IL_TRY(il_confirm(ctx, question, "It cannot be taken back.", &yes));
    if (!yes)
        return il_return_str(ctx, "Nothing was refunded.");

    IL_TRY(pay_back(ctx, payment, cents, reason));
    il_log(ctx, "done; %s are left of the payment", money(left_cents - cents).text);
    return il_return(ctx, { "refunded", IL_S(money(cents).text) }, { "customer", IL_S(c.name) },
                     { "left", IL_S(money(left_cents - cents).text) });
}

static const il_route routes[] = {
    IL_ROUTE_PAGE("customers", list, .name = "Customers", .description = "A customer desk"),
    IL_ROUTE_PAGE("customers/view", view, .name = "Customer", .unlisted = true),
    IL_ROUTE_ACTION("customers/new", new_customer, .name = "New customer"),
    IL_ROUTE_ACTION("customers/edit", edit, .name = "Edit customer", .unlisted = true),
    IL_ROUTE_ACTION("customers/refund", refund, .name = "Refund", .unlisted = true),
};
IL_MODULE(routes, .load = store_open, .unload = store_close);
