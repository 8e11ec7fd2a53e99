/* SPDX-License-Identifier: MIT */
/* interlude org add: an organization with its two environments. */
#include <stdio.h>
#include <string.h>

#include "cli/data.h"

/*
 * An organization always has an owner. Made before anybody has an account, it gets one who cannot sign in; whoever is
 * added with --role admin can do everything the owner can.
 */
static const char placeholder[] = "owner@localhost";

static bool
find_owner(struct data *data, const char *email, const char **owner, struct err *err)
{
    struct user *user = NULL;
    struct org *first;

    if (email && !data_user(data, email, &user, err))
        return false;
    if (!email && (!store_org_first(data->store, &data->arena, &first, err) ||
                   (first && !store_user_by_id(data->store, &data->arena, first->owner_id, &user, err)) ||
                   (!user && !store_user_by_email(data->store, &data->arena, placeholder, &user, err))))
        return false;
    *owner = user ? user->email : NULL;
    return true;
}

static bool
add(struct data *data, const char *slug, const char *name, const char *email, struct err *err)
{
    struct store_write *write;
    const char *owner;

    if (!org_slug_is_valid(slug))
        return err_set(err,
                       "\"%s\" cannot be the name of an organization: 2 to 63 of a-z, 0-9, - and _, and no name of a "
                       "dashboard page",
                       slug);
    if (!find_owner(data, email, &owner, err))
        return false;
    write = store_write_new();
    if (!owner)
        store_user_insert(write, &(struct user){ .email = placeholder, .first_name = "Owner" });
    store_org_create(write, slug, name ? name : slug, owner ? owner : placeholder);
    if (!data_write(data, write, err, "there is an organization \"%s\" already", slug))
        return false;
    printf("The organization \"%s\" is there.\n", slug);
    if (!owner || strcmp(owner, placeholder) == 0)
        printf("Nobody can sign in to it yet: interlude user add EMAIL --org %s --role admin\n", slug);
    return true;
}

static int
run(const struct arguments *arguments)
{
    struct data data;
    struct err err;
    int code = EXIT_FAILED;

    if (data_open(&data, arguments, DATA_CREATE))
        code = add(&data, arguments->words[0], argument(arguments, "name"), argument(arguments, "owner"), &err)
                   ? EXIT_OK
                   : fail(&err);
    data_close(&data);
    return code;
}

const struct command command_org_add = {
    .name = "org add",
    .words = "SLUG",
    .summary = "Make an organization with the environments production and development",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .options = { { "name", "NAME", "Name shown to people; default: SLUG" },
                 { "owner", "EMAIL", "Who owns it; default: the owner of the first organization" } },
    .run = run,
};
