/* SPDX-License-Identifier: MIT */
/*
 * Books a meeting room.
 * The SDK in it: several fields as one form, declared limits, a check of one field (.validate), a check over all of
 * them (IL_FORM), optional fields (.present tells 0 from nothing), buttons with meaning (IL_CHOICES), parameters of the
 * address as defaults.
 */
#include <interlude.h>
#include <string.h>
#include <time.h>

struct booking {
    const char *purpose, *owner, *notes;
    size_t room;
    il_date day;
    il_time from, to;
    double seats;
    bool has_seats, projector;
};

static const struct {
    const char *name;
    int seats;
    bool projector;
} rooms[] = { { "Ada", 4, false }, { "Grace", 8, true }, { "Barbara", 20, true } };

/* Looks at one answer, which already has the form of an address. NULL accepts, a text is shown below the field. */
static const char *in_house(il_ctx *ctx, const void *out, void *user)
{
    const char *address = *(const char *const *)out; /* out is what the item was given: here, a const char ** */
    const char *at = strrchr(address, '@');

    (void)ctx;
    (void)user;
    return at && strcmp(at, "@example.com") == 0 ? NULL : "Use your work address, which ends in @example.com.";
}

/* Looks at all answers together: they are in their variables already. */
static const char *room_fits(il_ctx *ctx, void *user)
{
    const struct booking *b = user;
    int from = b->from.hour * 60 + b->from.minute, to = b->to.hour * 60 + b->to.minute;

    if (to <= from)
        return "The end lies before the beginning.";
    if (b->has_seats && b->seats > rooms[b->room].seats)
        return il_fmt(ctx, "%s has %d seats.", rooms[b->room].name, rooms[b->room].seats);
    if (b->projector && !rooms[b->room].projector)
        return il_fmt(ctx, "%s has no projector.", rooms[b->room].name);
    return NULL;
}

static il_date today(void)
{
    time_t now = time(NULL);
    struct tm tm;

    localtime_r(&now, &tm);
    return (il_date){ .year = tm.tm_year + 1900, .month = tm.tm_mon + 1, .day = tm.tm_mday };
}

static il_status book(il_ctx *ctx)
{
    struct booking b = { 0 };
    il_date first = today();
    const char *choice;

    IL_TRY(il_ask_form(
        ctx,
        IL_FORM(.validate = room_fits, .user = &b, .choice = &choice,
                .choices = IL_CHOICES(IL_CHOICE("Book", "booked"),
                                      IL_CHOICE("Hold for a day", "held", .theme = IL_SECONDARY))),
        IL_HEADING("Meeting room", .description = "All rooms are on **floor 3**."),
        /* …/booking?purpose=Retro fills the field in: links can carry parameters */
        IL_TEXT(&b.purpose, "Purpose", .min_len = 3, .max_len = 60, .value = il_param_str(ctx, "purpose")),
        IL_EMAIL(&b.owner, "Owner", .value = il_user(ctx)->email, .validate = in_house),
        IL_SELECT(&b.room, "Room", .value = "Grace",
                  IL_OPTIONS(IL_OPT("Ada", "Ada", .description = "4 seats"),
                             IL_OPT("Grace", "Grace", .description = "8 seats, projector"),
                             IL_OPT("Barbara", "Barbara", .description = "20 seats, projector"))),
        IL_DATE(&b.day, "Day", .min = &first, .value = &first),
        IL_TIME(&b.from, "From", .min = IL_HM(8, 0), .max = IL_HM(19, 0), .value = IL_HM(10, 0)),
        IL_TIME(&b.to, "To", .min = IL_HM(8, 0), .max = IL_HM(20, 0), .value = IL_HM(11, 0)),
        IL_NUMBER(&b.seats, "Seats", .present = &b.has_seats, .min = IL_SET(1), .help_text = "Empty: any room will do"),
        IL_BOOLEAN(&b.projector, "We need the projector"),
        IL_TEXT(&b.notes, "Notes", .optional = true, .multiline = true, .lines = 4)));

    return il_return(ctx, { "status", IL_S(choice) }, { "purpose", IL_S(b.purpose) },
                     { "room", IL_S(rooms[b.room].name) },
                     { "when", IL_S(il_fmt(ctx, "%04d-%02d-%02d, %02d:%02d to %02d:%02d", b.day.year, b.day.month,
                                           b.day.day, b.from.hour, b.from.minute, b.to.hour, b.to.minute)) },
                     { "seats", b.has_seats ? IL_N(b.seats) : IL_NIL }, { "notes", IL_S(b.notes) });
}
IL_ACTION(book, .name = "Book a room", .description = "Validation, choices, optional fields");
