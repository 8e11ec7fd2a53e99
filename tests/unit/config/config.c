/* SPDX-License-Identifier: MIT */
/* Loading the configuration: origins, limits, all faults at once. */
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

static char dir[64], path[128];
static struct config config;

static void
write_file(const char *name, const char *text)
{
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static bool
load(const char *const *environment, const struct config_flag *flags, size_t flag_count)
{
    struct config_input input = {
        .project_dir = dir, .environment = environment, .flags = flags, .flag_count = flag_count
    };

    return config_load(&config, &input);
}

static void
faults_are(const char *wanted)
{
    struct buf text;

    buf_init(&text, 65536);
    config_faults_text(&config, &text);
    assert_string_equal(buf_text(&text), wanted);
    buf_fini(&text);
}

static int
enter(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/config-test-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int
leave(void **state)
{
    static const char *const names[] = { ".env", "secret", "cert" };

    (void)state;
    config_fini(&config);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    return rmdir(dir);
}

static void
defaults(void **state)
{
    (void)state;
    assert_true(load(NULL, NULL, 0));
    assert_int_equal(config.port, 3000);
    assert_string_equal(config.app_url, "http://localhost:3000");
    assert_int_equal(config.drain_limit_ms, 30000);
    assert_int_equal(config.runner_memory_bytes, 1 << 30);
    assert_int_equal(config.log_level, LOG_LEVEL_INFO);
    assert_false(config.http2);
    assert_string_equal(config.secret, "");
    snprintf(path, sizeof path, "%s/.interlude", dir);
    assert_string_equal(config.data, path);
    snprintf(path, sizeof path, "%s/routes", dir);
    assert_string_equal(config.routes, path);
    assert_int_equal(config.given[CONFIG_port].origin, CONFIG_DEFAULT);
}

static void
later_wins(void **state)
{
    const char *environment[] = { "PORT=3002", "LOG_LEVEL=warn", "DATA=/var/lib/x", "ROUTES=", "UNKNOWN=1", NULL };
    struct config_flag flags[] = { { CONFIG_log_level, "debug" }, { CONFIG_port, "1" }, { CONFIG_port, "3003" } };
    char cwd[400], here[512];

    (void)state;
    write_file(".env", "PORT=3001\nLOG_LEVEL=error\nROUTES=tools\nGIT_COMMIT=abc\nPOSTMARK_API_KEY=x\n");
    assert_true(load(environment, flags, COUNT_OF(flags)));
    assert_int_equal(config.port, 3003);
    assert_int_equal(config.given[CONFIG_port].origin, CONFIG_FLAG);
    assert_string_equal(config.app_url, "http://localhost:3003");
    assert_int_equal(config.log_level, LOG_LEVEL_DEBUG);
    assert_string_equal(config.data, "/var/lib/x");
    assert_int_equal(config.given[CONFIG_data].origin, CONFIG_ENVIRONMENT);
    snprintf(path, sizeof path, "%s/tools", dir); /* an empty variable is as good as none */
    assert_string_equal(config.routes, path);
    assert_string_equal(config.git_commit, "abc");
    assert_int_equal(config.given[CONFIG_git_commit].origin, CONFIG_DOTENV);
    config_fini(&config);
    flags[1] = (struct config_flag){ CONFIG_data, "./here" };
    assert_true(load(environment, flags, 2));
    assert_non_null(getcwd(cwd, sizeof cwd));
    snprintf(here, sizeof here, "%s/here", cwd);
    assert_string_equal(config.data, here); /* a flag is relative to where one stands */
}

static void
secrets_from_files(void **state)
{
    char variable[128];
    const char *environment[] = { variable, NULL };

    (void)state;
    write_file("secret", "0123456789abcdef0123456789abcdef\n");
    snprintf(variable, sizeof variable, "SECRET_FILE=%s/secret", dir);
    assert_true(load(environment, NULL, 0));
    assert_string_equal(config.secret, "0123456789abcdef0123456789abcdef");
    assert_int_equal(config.given[CONFIG_secret].origin, CONFIG_FILE);
    config_fini(&config);
    write_file(".env", "SECRET=0123456789abcdef0123456789abcdef\n");
    assert_false(load(environment, NULL, 0));
    assert_string_equal(config.faults->name, "SECRET_FILE");
    assert_string_equal(config.faults->reason, "SECRET is set as well");
    config_fini(&config);
    snprintf(variable, sizeof variable, "AUTH_COOKIE_SECRET_FILE=%s/none", dir);
    assert_false(load(environment, NULL, 0));
    assert_string_equal(config.faults->reason, "the file cannot be read");
}

static void
all_faults_at_once(void **state)
{
    const char *environment[] = { "PORT=70000",
                                  "APP_URL=tools.example.com",
                                  "LISTEN=80,nonsense",
                                  "HTTP2=maybe",
                                  "RUNNER_IDLE=5",
                                  "SECRET=hunter2",
                                  "LOG_LEVEL=loud",
                                  "DATABASE_URL=postgresql://u:p@h/d",
                                  "TLS_CERT=/no/such.pem",
                                  NULL };

    (void)state;
    assert_false(load(environment, NULL, 0));
    faults_are("PORT = 70000\n"
               "    is not between 0 and 65535\n"
               "    It comes from: environment. TCP port of everything: dashboard, API, /websocket, functions. 0: any "
               "free one.\n"
               "LISTEN = 80,nonsense\n"
               "    nonsense: is not an address such as 8080, 127.0.0.1:8080 or [::1]:8080\n"
               "    It comes from: environment. Further addresses to listen on: [host:]port, separated by commas.\n"
               "APP_URL = tools.example.com\n"
               "    is not an address such as https://tools.example.com\n"
               "    It comes from: environment. Public base address, for links, cookies and the Origin check. Default: "
               "http://localhost:PORT.\n"
               "HTTP2 = maybe\n"
               "    is neither on nor off\n"
               "    It comes from: environment. Offer HTTP/2 on TLS connections.\n"
               "RUNNER_IDLE = 5\n"
               "    is not a duration such as 500ms, 30s, 5m, 2h or 1d\n"
               "    It comes from: environment. How long an unused runner stays warm.\n"
               "LOG_LEVEL = loud\n"
               "    is none of error, warn, info, debug\n"
               "    It comes from: environment. error, warn (or quiet), info or debug.\n"
               "SECRET = (hidden)\n"
               "    is shorter than 32 characters\n"
               "    It comes from: environment. Key of stored secrets. Not set: generated once and kept in DATA.\n"
               "TLS_CERT\n"
               "    is set alone: TLS needs a certificate and its key\n"
               "    Set both TLS_CERT and TLS_KEY, or neither.\n"
               "TLS_CERT = /no/such.pem\n"
               "    the file cannot be read\n"
               "    Check its path and permissions.\n"
               "DATABASE_URL = (hidden)\n"
               "    names a database server, and only SQLite is supported so far\n"
               "    Unset it: the databases are then files in DATA. Nothing is read from or written to the server it "
               "names.\n");
    assert_int_equal(config.port, 3000); /* filled all the same */
}

static void
faults_of_dotenv(void **state)
{
    (void)state;
    write_file(".env", "APP_ULR=http://a\nNOT_OURS=1\nWORKOS_API_KEY=k\nSECRET_FILE=\n");
    assert_false(load(NULL, NULL, 0));
    faults_are("APP_ULR\n    .env line 1: there is no such option\n    Did you mean APP_URL?\n");
    config_fini(&config);
    write_file(".env", "PORT=1\nrubbish\n");
    assert_false(load(NULL, NULL, 0));
    assert_string_equal(config.faults->reason, "line 2 is not NAME=value");
}

static void
flags_have_names(void **state)
{
    char name[32];

    (void)state;
    assert_true(config_flag_name(CONFIG_log_level, name, sizeof name));
    assert_string_equal(name, "log-level");
    assert_false(config_flag_name(CONFIG_secret, name, sizeof name));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(defaults, enter, leave),
        cmocka_unit_test_setup_teardown(later_wins, enter, leave),
        cmocka_unit_test_setup_teardown(secrets_from_files, enter, leave),
        cmocka_unit_test_setup_teardown(all_faults_at_once, enter, leave),
        cmocka_unit_test_setup_teardown(faults_of_dotenv, enter, leave),
        cmocka_unit_test(flags_have_names),
    };

    return cmocka_run_group_tests_name("config/config", tests, NULL, NULL);
}
