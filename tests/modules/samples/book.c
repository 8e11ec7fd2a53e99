/* SPDX-License-Identifier: MIT */
#include <interlude.h>
#include <string.h>

struct booking {
    const char *title, *owner;
    double seats;
    bool has_seats, projector;
};

static const char *
in_house(il_ctx *ctx, const void *out, void *user)
{
    (void)ctx;
    (void)user;
    const char *at = strrchr(*(const char *const *)out, '@');
    return at && !strcmp(at, "@example.com") ? NULL : "Use your work address.";
}

static const char *
room_fits(il_ctx *ctx, void *user)
{
    const struct booking *b = user;
    if (b->projector && (!b->has_seats || b->seats < 6))
        return il_fmt(ctx, "Rooms with a projector start at %d seats.", 6);
    return NULL;
}

static il_status
book(il_ctx *ctx)
{
    struct booking b = { 0 };
    const char *choice;
    IL_TRY(il_ask_form(ctx,
                       IL_FORM(.validate = room_fits, .user = &b, .choice = &choice,
                               .choices = IL_CHOICES(IL_CHOICE("Book", "book"),
                                                     IL_CHOICE("Hold for a day", "hold", .theme = IL_SECONDARY))),
                       IL_HEADING("Meeting room", .description = "Floor 3"), IL_TEXT(&b.title, "Purpose"),
                       IL_EMAIL(&b.owner, "Owner", .validate = in_house),
                       IL_NUMBER(&b.seats, "Seats", .present = &b.has_seats, .min = IL_SET(0)),
                       IL_BOOLEAN(&b.projector, "Projector")));
    return il_return(ctx, { "purpose", IL_S(b.title) }, { "status", IL_S(choice) });
}

static const il_route routes[] = { IL_ROUTE_ACTION("rooms/book", book, .name = "Book a room") };
IL_MODULE(routes, .load = NULL);
