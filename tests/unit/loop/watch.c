/* SPDX-License-Identifier: MIT */
/* The tree watcher: a real directory, the real control loop. */
#include "loop/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ev.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "loop/control.h"

static char top[64], previous[PATH_MAX];
static struct buf seen; /* "+changed -gone !" in the order of arrival */
static const char *awaited;

static void
on_event(void *arg, enum watch_event event, const char *path)
{
    (void)arg;
    buf_printf(&seen, "%c%s ", "+-!"[event], path);
    if (awaited && strstr(buf_text(&seen), awaited))
        control_stop();
}

static void
deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    fail_msg("waited for \"%s\", saw \"%s\"", awaited, buf_text(&seen));
}

/* Runs the loop until `text` has been seen, and forgets it then. */
static void
await(const char *text)
{
    ev_timer timer;

    ev_timer_init(&timer, deadline, 5.0, 0);
    ev_timer_start(control_loop(), &timer);
    awaited = text;
    if (!strstr(buf_text(&seen), text))
        control_run();
    awaited = NULL;
    ev_timer_stop(control_loop(), &timer);
}

/* Exactly this and nothing else: a file written afterwards is the proof that nothing else was on its way. */
static void
expect(const char *text)
{
    static unsigned count;
    char name[32], all[512];
    int fd;

    snprintf(name, sizeof name, "end%u", count++);
    fd = open(name, O_CREAT | O_WRONLY, 0644);
    assert_true(fd >= 0);
    close(fd);
    snprintf(all, sizeof all, "+%s ", name);
    await(all);
    snprintf(all, sizeof all, "%s+%s ", text, name);
    assert_string_equal(buf_text(&seen), all);
    buf_clear(&seen);
}

static void
write_file(const char *path)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs("content\n", file);
    fclose(file);
}

static int
remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static void
remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int
enter(void **state)
{
    struct watch *watch;

    snprintf(top, sizeof top, "/tmp/watch-test-XXXXXX");
    buf_init(&seen, 1 << 20);
    if (!mkdtemp(top) || !getcwd(previous, sizeof previous) || chdir(top) || mkdir("tree", 0755) || chdir("tree"))
        return -1;
    if (!watch_start(&watch, ".", on_event, NULL, NULL))
        return -1;
    *state = watch;
    return 0;
}

static int
leave(void **state)
{
    watch_stop(*state);
    buf_fini(&seen);
    if (chdir(previous))
        return -1;
    remove_tree(top);
    return 0;
}

static void
reports_what_is_there_first(void **state)
{
    struct watch *second;

    (void)state;
    expect("");
    mkdir("d", 0755);
    write_file("d/a");
    write_file("d/.hidden");
    expect("+d/a ");
    assert_true(watch_start(&second, "d", on_event, NULL, NULL));
    assert_string_equal(buf_text(&seen), "+a "); /* before the loop runs */
    watch_stop(second);
    buf_clear(&seen);
}

static void
reports_many_writes_once(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        write_file("a");
    expect("+a ");
    unlink("a");
    expect("-a ");
    write_file("a");
    unlink("a");
    expect(""); /* it was never seen */
    write_file("a");
    expect("+a ");
    unlink("a");
    write_file("a"); /* as some editors save */
    expect("+a ");
}

static void
reports_a_move_at_once(void **state)
{
    (void)state;
    write_file("../outside");
    rename("../outside", "a");
    ev_run(control_loop(), EVRUN_NOWAIT); /* one turn, in which no timer can have run out */
    assert_string_equal(buf_text(&seen), "+a ");
    buf_clear(&seen);
    rename("a", "b");
    await("-a ");
    expect("+b -a ");
}

static void
waits_for_the_close(void **state)
{
    int fd = open("slow", O_CREAT | O_WRONLY, 0644);

    (void)state;
    expect("");
    assert_int_equal(write(fd, "x", 1), 1);
    expect("");
    close(fd);
    expect("+slow ");
}

static void
finds_files_of_new_directories(void **state)
{
    (void)state;
    mkdir("a", 0755);
    mkdir("a/b", 0755);
    mkdir("a/b/c", 0755);
    write_file("a/b/c/early"); /* before any watch could be set */
    expect("+a/b/c/early ");
    write_file("a/b/c/late");
    expect("+a/b/c/late ");
    mkdir("a/.git", 0755);
    write_file("a/.git/index");
    expect("");
}

static void
follows_moved_and_removed_directories(void **state)
{
    (void)state;
    mkdir("x", 0755);
    mkdir("x/y", 0755);
    write_file("x/y/f");
    expect("+x/y/f ");
    rename("x", "z");
    expect("-x/y/f +z/y/f ");
    write_file("z/y/g");
    expect("+z/y/g ");
    unlink("z/y/g");
    expect("-z/y/g ");
    rename("z", "../away");
    expect("-z/y/f ");
    write_file("../away/y/unseen");
    expect("");
    rename("../away", "back");
    await("+back/y/f ");
    await("+back/y/unseen ");
    buf_clear(&seen);
    unlink("back/y/unseen");
    remove_tree("back");
    await("-back/y/unseen ");
    await("-back/y/f ");
    buf_clear(&seen);
    expect("");
}

static void
links_stay_inside(void **state)
{
    (void)state;
    mkdir("../outer", 0755);
    write_file("../outer/secret");
    assert_int_equal(symlink("../outer", "dir"), 0);
    assert_int_equal(symlink("../outer/secret", "file"), 0);
    expect("");
    write_file("../outer/more");
    expect("");
    mkdir(".data", 0755);
    write_file(".data/real");
    assert_int_equal(symlink(".data/real", "inside"), 0);
    assert_int_equal(link("../outer/secret", "hard"), 0);
    expect("+inside +hard ");
}

static void
survives_without_its_root(void **state)
{
    struct watch *watch;

    (void)state;
    assert_true(watch_start(&watch, "not/there/yet", on_event, NULL, NULL));
    mkdir("not", 0755);
    mkdir("not/there", 0755);
    mkdir("not/there/yet", 0755);
    write_file("not/there/yet/f");
    await("+f ");
    await("+not/there/yet/f ");
    buf_clear(&seen);
    remove_tree("not/there");
    await("-f ");
    await("-not/there/yet/f ");
    buf_clear(&seen);
    mkdir("not/there", 0755);
    mkdir("not/there/yet", 0755);
    write_file("not/there/yet/g");
    await("+g ");
    rename("not/there/yet", "not/there/old");
    await("-g ");
    rename("not/there/old", "not/there/yet");
    buf_clear(&seen);
    await("+g ");
    watch_stop(watch);
}

static void
replaced_root_is_noticed(void **state)
{
    struct watch *watch;

    (void)state;
    mkdir("one", 0755);
    mkdir("two", 0755);
    write_file("one/first");
    write_file("two/second");
    assert_int_equal(symlink("one", "current"), 0);
    assert_true(watch_start(&watch, "current", on_event, NULL, NULL));
    assert_string_equal(buf_text(&seen), "+first ");
    assert_int_equal(symlink("two", "next"), 0);
    rename("next", "current"); /* as deployments do */
    await("+second ");
    await("-first ");
    watch_stop(watch);
}

static long
queue_size(void)
{
    FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
    long size = 0;

    if (file) {
        if (fscanf(file, "%ld", &size) != 1)
            size = 0;
        fclose(file);
    }
    return size;
}

static void
rescans_after_an_overflow(void **state)
{
    long size = queue_size();

    (void)state;
    if (size <= 0 || size > 100000)
        skip();
    write_file("stays");
    write_file("goes");
    write_file("a");
    await("+a ");
    buf_clear(&seen);
    for (long i = 0; i < size; i += 2) {
        rename("a", "b");
        rename("b", "a");
    }
    unlink("goes");
    write_file("comes");
    await("-goes ");
    assert_non_null(strstr(buf_text(&seen), "! "));
    assert_non_null(strstr(buf_text(&seen), "+stays "));
    assert_non_null(strstr(buf_text(&seen), "+comes "));
}

static void
rescan_on_request(void **state)
{
    (void)state;
    write_file("a");
    write_file("b");
    await("+b ");
    buf_clear(&seen);
    unlink("a");
    watch_rescan(*state);
    assert_int_equal(seen.p[0], '!');
    assert_non_null(strstr(buf_text(&seen), "+b "));
    assert_non_null(strstr(buf_text(&seen), "-a "));
    buf_clear(&seen);
    expect("");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reports_what_is_there_first, enter, leave),
        cmocka_unit_test_setup_teardown(reports_many_writes_once, enter, leave),
        cmocka_unit_test_setup_teardown(reports_a_move_at_once, enter, leave),
        cmocka_unit_test_setup_teardown(waits_for_the_close, enter, leave),
        cmocka_unit_test_setup_teardown(finds_files_of_new_directories, enter, leave),
        cmocka_unit_test_setup_teardown(follows_moved_and_removed_directories, enter, leave),
        cmocka_unit_test_setup_teardown(links_stay_inside, enter, leave),
        cmocka_unit_test_setup_teardown(survives_without_its_root, enter, leave),
        cmocka_unit_test_setup_teardown(replaced_root_is_noticed, enter, leave),
        cmocka_unit_test_setup_teardown(rescans_after_an_overflow, enter, leave),
        cmocka_unit_test_setup_teardown(rescan_on_request, enter, leave),
    };

    control_init();
    return cmocka_run_group_tests_name("loop/watch", tests, NULL, NULL);
}
