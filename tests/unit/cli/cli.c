/* SPDX-License-Identifier: MIT */
/*
 * The command line, run as people run it but in a forked copy of this process: help texts against files in golden/
 * (rewritten when GOLDEN=write is in the environment), usage errors, and the commands on a real data directory.
 */
#include "cli/cli.h"
#include "cli/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_WORDS = 16, MAX_TEXT = 32768 };

static char top[64], data[96], routes[96];
static struct {
    int code;
    char out[MAX_TEXT], err[MAX_TEXT];
} got;

static void
take(int fd, char text[MAX_TEXT])
{
    ssize_t len = pread(fd, text, MAX_TEXT - 1, 0);

    assert_true(len >= 0);
    text[len] = '\0';
    close(fd);
}

/* interlude <words…>, with `input` as standard input. */
static int
run_with(const char *input, ...)
{
    int in = memfd_create("in", 0), out = memfd_create("out", 0), err = memfd_create("err", 0), status, argc = 1;
    char *argv[MAX_WORDS] = { "interlude" };
    va_list args;
    pid_t pid;

    va_start(args, input);
    while (argc < MAX_WORDS - 1 && (argv[argc] = va_arg(args, char *)))
        argc++;
    va_end(args);
    assert_int_equal(write(in, input, strlen(input)), strlen(input));
    lseek(in, 0, SEEK_SET);
    fflush(NULL);
    pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        dup2(in, 0);
        dup2(out, 1);
        dup2(err, 2);
        status = cli_main(argc, argv);
        fflush(NULL);
        _exit(status);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    got.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    close(in);
    take(out, got.out);
    take(err, got.err);
    return got.code;
}
#define run(...) run_with("", __VA_ARGS__, NULL)
#define run_data(...) run_with("", __VA_ARGS__, "--data", data, NULL)

static void
golden(const char *name)
{
    static char wanted[MAX_TEXT];
    const char *mode = getenv("GOLDEN");
    char path[128];
    size_t len;
    FILE *file;

    snprintf(path, sizeof path, "tests/unit/cli/golden/%s.txt", name);
    if (mode && strcmp(mode, "write") == 0) {
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(got.out, file);
        fclose(file);
        return;
    }
    file = fopen(path, "r");
    if (!file)
        fail_msg("%s is missing", path);
    len = fread(wanted, 1, sizeof wanted - 1, file);
    wanted[len] = '\0';
    fclose(file);
    assert_string_equal(got.out, wanted);
}

static void
saw(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static int
remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static int
enter(void **state)
{
    (void)state;
    snprintf(top, sizeof top, "/tmp/cli-test-XXXXXX");
    if (!mkdtemp(top))
        return -1;
    snprintf(data, sizeof data, "%s/data", top);
    snprintf(routes, sizeof routes, "%s/routes", top);
    return 0;
}

static int
leave(void **state)
{
    (void)state;
    return nftw(top, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void
help_texts(void **state)
{
    static const char *const families[] = { "keys", "calls", "secrets" };

    (void)state;
    assert_int_equal(run("--help"), 0);
    golden("interlude");
    assert_int_equal(run("help"), 0);
    golden("interlude");
    for (size_t i = 0; commands[i]; i++) {
        char name[32], *second;

        snprintf(name, sizeof name, "%s", commands[i]->name);
        second = strchr(name, ' ');
        if (second)
            *second++ = '\0';
        assert_int_equal(run("help", name, second), 0);
        if (second)
            second[-1] = '-';
        golden(name);
        if (second)
            second[-1] = '\0';
        assert_int_equal(second ? run(name, second, "--help") : run(name, "--help"), 0);
        if (second)
            second[-1] = '-';
        golden(name);
    }
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        assert_int_equal(run(families[i], "--help"), 0);
        golden(families[i]);
    }
    assert_int_equal(run("version"), 0);
    saw(got.out, "interlude ");
    assert_int_equal(run("--version"), 0);
}

static void
usage_errors(void **state)
{
    static const struct {
        const char *words[4], *says;
    } wrong[] = {
        { { "invoke", "local" }, "say which function: --function NAME." },
        { { "invoke", "ping", "--log" }, "--log goes with --function NAME, not with an ADDRESS." },
        { { "calls", "list", "--state", "done" }, "--state is queued, running, " },
        { { "calls", "list", "--limit=5x" }, "--limit is a number from 1 to 10000, not \"5x\"." },
        { { "strat" },
          "interlude: there is no command \"strat\". Did you mean \"start\"?\nRun 'interlude help' for how it is "
          "used.\n" },
        { { "keys", "creat" }, "Commands of 'interlude keys':" },
        { { "keys" }, "keys revoke ID" },
        { { "xyzzy" }, "there is no command \"xyzzy\".\n" },
        { { "--port" }, "the command comes first; \"--port\" is none." },
        { { "dev", "--prot", "1" },
          "dev has no option --prot. Did you mean --port?\nRun 'interlude help dev' for how it is used.\n" },
        { { "dev", "--app-ulr=x" }, "Did you mean --app-url?" },
        { { "dev", "--secret", "x" }, "dev has no option --secret" },
        { { "dev", "--port" }, "--port needs a value." },
        { { "start", "-p", "1" }, "there are no short options such as -p." },
        { { "dev", "-p", "1" }, "there is no short option -p." },
        { { "dev", "a", "b" }, "dev does not take \"b\"." },
        { { "keys", "list", "--json=1" }, "--json takes no value." },
        { { "backup" }, "backup needs: FILE." },
        { { "user", "add", "a@b", "--role=king" }, "there is no role \"king\"" },
        { { "new", "thing", "x" }, "there is no \"thing\" to make" },
        { { "new", "action", "../x" }, "\"../x\" cannot be the address of a route" },
        { { "help", "strat" }, "Did you mean \"start\"?" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(run(wrong[i].words[0], wrong[i].words[1], wrong[i].words[2], wrong[i].words[3]), 2);
        saw(got.err, wrong[i].says);
        assert_string_equal(got.out, "");
    }
    assert_int_equal(run_with("", NULL), 2);
    saw(got.err, "Usage: interlude COMMAND");
}

static void
first_steps(void **state)
{
    (void)state;
    assert_int_equal(run_data("keys", "list"), 1);
    saw(got.err, "there is no database in ");
    assert_int_equal(run_data("db-init", "--skip-create"), 1);
    assert_int_equal(run_data("db-init"), 0);
    saw(got.out, " is ready.\n");
    assert_int_equal(run_data("db-init"), 0);
    assert_int_equal(run_data("db-init", "--skip-create"), 0);
    assert_int_equal(run_data("keys", "create"), 1);
    saw(got.err, "there is no organization yet");
}

static void
people_then_organizations(void **state)
{
    (void)state;
    assert_int_equal(run_with("short\n", "user", "add", "a@example.com", "--data", data, NULL), 1);
    assert_int_equal(run_with("", "user", "add", "a@example.com", "--data", data, NULL), 1);
    saw(got.err, "no password: write it to standard input");
    assert_int_equal(
        run_with("a long pass phrase\n", "user", "add", "a@example.com", "--org", "acme", "--data", data, NULL), 0);
    assert_string_equal(got.out, "a@example.com owns the new organization \"acme\".\n");
    assert_int_equal(
        run_with("another pass phrase", "user", "add", "B@example.com", "--role", "developer", "--data", data, NULL),
        0);
    assert_string_equal(got.out, "B@example.com is developer of \"acme\".\n");
    assert_int_equal(run_data("user", "add", "b@example.com"), 1);
    saw(got.err, "there is a user \"b@example.com\" already");
    assert_int_equal(run_data("user", "add", "b@example.com", "--org", "acme", "--role=admin"), 0);
    assert_int_equal(run_data("user", "add", "c@example.com", "--org", "nowhere"), 1);
    saw(got.err, "there is no organization \"nowhere\"");
    assert_int_equal(run_data("org", "add", "second", "--name", "The second"), 0);
    assert_int_equal(run_data("org", "add", "second"), 1);
    saw(got.err, "there is an organization \"second\" already");
    assert_int_equal(run_data("org", "add", "Not valid"), 1);
}

static void
organizations_then_people(void **state)
{
    (void)state;
    assert_int_equal(run_data("org", "add", "acme"), 0);
    saw(got.out, "Nobody can sign in to it yet");
    assert_int_equal(run_with("a long pass phrase\n", "user", "add", "a@example.com", "--org", "acme", "--role",
                              "admin", "--data", data, NULL),
                     0);
    assert_string_equal(got.out, "a@example.com is admin of \"acme\".\n");
}

static void
keys(void **state)
{
    char key[128], id[64] = "", *at;

    (void)state;
    run_with("a long pass phrase\n", "user", "add", "a@example.com", "--org", "acme", "--data", data, NULL);
    assert_int_equal(run_data("keys", "list"), 0);
    saw(got.out, "has no keys");
    assert_int_equal(run_data("keys", "create", "--label", "ci"), 0);
    assert_int_equal(strncmp(got.out, "live_", 5), 0);
    assert_int_equal(strlen(got.out), 54); /* the key and a newline, nothing else */
    assert_int_equal(run_data("keys", "create", "--dev", "a@example.com"), 0);
    snprintf(key, sizeof key, "%.100s", got.out);
    assert_int_equal(run_data("keys", "create", "--dev", "a@example.com"), 0);
    assert_string_equal(got.out, key); /* the same again */
    assert_int_equal(run_data("keys", "create", "--env", "nowhere"), 1);
    assert_int_equal(run_data("keys", "list"), 0);
    saw(got.out, "ID  ");
    saw(got.out, "  production   ci     a@example.com  ");
    assert_int_equal(run_data("keys", "list", "--json"), 0);
    at = strstr(got.out, "{\"keys\":[{\"id\":\"");
    assert_non_null(at);
    snprintf(id, 37, "%s", at + 16);
    assert_int_equal(run_data("keys", "revoke", id), 0);
    assert_int_equal(run_data("keys", "revoke", id), 1);
    saw(got.err, "has no key with the id");
    assert_int_equal(run_data("keys", "create", "--json"), 0);
    saw(got.out, ",\"organization\":\"acme\",\"environment\":\"production\"}\n");
}

static void
backups(void **state)
{
    char file[128];
    struct stat st;

    (void)state;
    run_data("db-init");
    snprintf(file, sizeof file, "%s/copy.db", top);
    assert_int_equal(run_data("backup", file), 0);
    assert_int_equal(stat(file, &st), 0);
    assert_true(st.st_size > 0);
    assert_int_equal(run_data("backup", file), 1);
    saw(got.err, "File exists");
}

static void
configuration(void **state)
{
    (void)state;
    assert_int_equal(run_data("config", "check"), 0);
    assert_string_equal(got.out, "The configuration is valid.\n");
    assert_int_equal(run_data("config", "check", "--port=99999", "--log-level", "loud"), 1);
    saw(got.err, "PORT = 99999\n    is not between 0 and 65535\n");
    saw(got.err, "LOG_LEVEL = loud\n");
    setenv("SECRET", "a very long secret of more than thirty-two characters", 1);
    assert_int_equal(run_data("config", "print", "--port", "4000"), 0);
    saw(got.out, "PORT ");
    saw(got.out, " 4000 ");
    saw(got.out, "http://localhost:4000");
    saw(got.out, "(hidden)");
    assert_null(strstr(got.out, "a very long secret"));
    assert_int_equal(run_data("config", "print", "--json"), 0);
    saw(got.out, "\"SECRET\":{\"value\":null,\"isSet\":true,\"from\":\"environment\"}");
    assert_null(strstr(got.out, "a very long secret"));
    unsetenv("SECRET");
}

/* What `new` writes is compiled with the flags of authors, and then checked. */
static void
new_routes_work(void **state)
{
    static const struct {
        const char *kind, *name, *row;
    } made[] = { { "action", "hello", "action  hello  Hello" },
                 { "page", "users/index", "page  users  Index" },
                 { "function", "hooks/send-invoice", "function  hooks/send-invoice  Send invoice  POST" } };
    char path[256], object[256], command[1024];

    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        assert_int_equal(run("new", made[i].kind, made[i].name, "--routes", routes), 0);
        snprintf(path, sizeof path, "%s/%s.c\n", routes, made[i].name);
        assert_string_equal(got.out, path);
        assert_int_equal(run("new", made[i].kind, made[i].name, "--routes", routes), 1);
        saw(got.err, "exists already; nothing was written");
        path[strlen(path) - 1] = '\0';
        snprintf(object, sizeof object, "%s/%s.so", routes, made[i].name);
        snprintf(command, sizeof command, "exec cc $(cat sdk-headers/module-flags) -Werror -Isdk-headers -o %s %s",
                 object, path);
        if (!fork()) {
            execl("/bin/sh", "sh", "-c", command, (char *)NULL);
            _exit(127);
        }
        int status;
        wait(&status);
        assert_int_equal(status, 0);
        assert_int_equal(run("check", object), 0);
        saw(got.out, made[i].row);
        assert_int_equal(run("check", "--json", object), 0);
        saw(got.out, "{\"abi\":[1,");
    }
    assert_int_equal(run("check", "/no/such.so"), 1);
    saw(got.err, "cannot look into /no/such.so: No such file or directory");
    assert_int_equal(run("check", "sdk-headers/module-flags"), 1);
    saw(got.err, "interlude: sdk-headers/module-flags: ");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_texts),
        cmocka_unit_test(usage_errors),
        cmocka_unit_test_setup_teardown(first_steps, enter, leave),
        cmocka_unit_test_setup_teardown(people_then_organizations, enter, leave),
        cmocka_unit_test_setup_teardown(organizations_then_people, enter, leave),
        cmocka_unit_test_setup_teardown(keys, enter, leave),
        cmocka_unit_test_setup_teardown(backups, enter, leave),
        cmocka_unit_test_setup_teardown(configuration, enter, leave),
        cmocka_unit_test_setup_teardown(new_routes_work, enter, leave),
    };

    return cmocka_run_group_tests_name("cli/cli", tests, NULL, NULL);
}
