/* SPDX-License-Identifier: MIT */
/* interlude user add: an account, and its place in an organization. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "auth/login.h"
#include "auth/password.h"
#include "auth/role.h"
#include "cli/data.h"

enum { MAX_LINE = PASSWORD_MAX + 2 };

/* ---- the password ---- */

static bool
read_line(char line[MAX_LINE])
{
    size_t len;

    if (!fgets(line, MAX_LINE, stdin))
        return false;
    len = strcspn(line, "\r\n");
    line[len] = '\0';
    return true;
}

static bool
ask(const char *prompt, char line[MAX_LINE])
{
    struct termios before, silent;
    bool is_read;

    fputs(prompt, stderr);
    tcgetattr(STDIN_FILENO, &before);
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    is_read = read_line(line);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return is_read;
}

static bool
read_password(char password[MAX_LINE], struct err *err)
{
    char again[MAX_LINE];
    bool is_same;

    if (!isatty(STDIN_FILENO))
        return read_line(password) || err_set(err, "no password: write it to standard input");
    if (!ask("Password: ", password) || !ask("Again: ", again))
        return err_set(err, "no password was typed");
    is_same = strcmp(password, again) == 0;
    sodium_memzero(again, sizeof again);
    return is_same || err_set(err, "the two passwords differ");
}

/* ---- the account ---- */

static bool
add_account(struct data *data, const char *email, struct err *err)
{
    char password[MAX_LINE] = "";
    int64_t count;
    bool is_added = false;

    if (!store_user_count(data->store, &count, err))
        return false;
    if (read_password(password, err) && password_is_acceptable(password, err))
        is_added = login_add_user(data->store, &(struct user){ .email = email, .is_instance_admin = count == 0 },
                                  password, err) == STORE_DONE;
    sodium_memzero(password, sizeof password);
    return is_added;
}

/* The place a new person takes: *org NULL means that there is no organization at all. */
static bool
find_place(struct data *data, const char *slug, struct org **org, struct err *err)
{
    struct org *first;

    if (!store_org_first(data->store, &data->arena, &first, err))
        return false;
    *org = first;
    if (!first || !slug)
        return true;
    return data_org(data, slug, org, err);
}

static bool
take_place(struct data *data, const char *email, const char *slug, const struct org *org, enum role role,
           struct err *err)
{
    struct store_write *write;

    if (!org && !slug) {
        printf("%s can sign in as soon as there is an organization: interlude org add SLUG --owner %s\n", email, email);
        return true;
    }
    write = store_write_new();
    if (!org) {
        store_org_create(write, slug, slug, email);
        if (!data_write(data, write, err, "cannot make the organization \"%s\": somebody else did just now", slug))
            return false;
        printf("%s owns the new organization \"%s\".\n", email, slug);
        return true;
    }
    store_member_set(write, org->slug, email, role_name(role), STORE_ONE);
    if (!data_write(data, write, err, "cannot make %s %s of \"%s\": the owner stays admin", email,
                    role_public_name(role), org->slug))
        return false;
    printf("%s is %s of \"%s\".\n", email, role_public_name(role), org->slug);
    return true;
}

static bool
add(struct data *data, const char *email, const char *slug, enum role role, struct err *err)
{
    struct user *known;
    struct org *org;

    if (!email_normalize(&data->arena, email))
        return err_set(err, "\"%s\" is not an e-mail address", email);
    if (!find_place(data, slug, &org, err) || !store_user_by_email(data->store, &data->arena, email, &known, err))
        return false;
    if (!org && slug && !org_slug_is_valid(slug))
        return err_set(err, "\"%s\" cannot be the name of an organization: 2 to 63 of a-z, 0-9, - and _", slug);
    if (known && !slug)
        return err_set(err, "there is a user \"%s\" already; to add them to an organization give --org", email);
    return (known || add_account(data, email, err)) && take_place(data, email, slug, org, role, err);
}

static int
run(const struct arguments *arguments)
{
    const char *role_text = argument(arguments, "role");
    enum role role = role_parse(role_text ? role_text : "member");
    struct data data;
    struct err err;
    int code = EXIT_FAILED;

    if (role == ROLE_NONE)
        return usage_error(arguments->command, "there is no role \"%s\"; there are admin, developer, member, auditor.",
                           role_text);
    if (data_open(&data, arguments, DATA_CREATE))
        code = add(&data, arguments->words[0], argument(arguments, "org"), role, &err) ? EXIT_OK : fail(&err);
    data_close(&data);
    return code;
}

const struct command command_user_add = {
    .name = "user add",
    .words = "EMAIL",
    .summary = "Make an account; the password is read from standard input",
    .details =
        "The first account is also the administrator of the installation, and owns the organization it names if there "
        "is none yet. An account that exists already is added to the organization, or given another role in it.",
    .min_words = 1,
    .max_words = 1,
    .config = COMMAND_DATA,
    .options = { { "org", "SLUG", "Organization the person joins; default: the first one" },
                 { "role", "ROLE", "admin, developer, member or auditor; default: member" } },
    .run = run,
};
