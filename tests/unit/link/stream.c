/* SPDX-License-Identifier: MIT */
/* core/link/stream.c over real socket pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "link/stream.h"

struct pair {
    int near, far;
};

static struct pair
pair_open(void)
{
    int fds[2];

    assert_return_code(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), errno);
    return (struct pair){ fds[0], fds[1] };
}

static void
pair_close(struct pair pair)
{
    if (pair.near >= 0)
        close(pair.near);
    close(pair.far);
}

static struct link_frame
frame(uint32_t call)
{
    struct link_frame head = { .kind = LINK_CALL, .method = LINK_SEND_LOG, .call = call, .slot = call * 3 };

    memset(head.subject.bytes, (int)call, sizeof head.subject.bytes);
    return head;
}

static void
put(struct link_out *out, uint32_t call, struct str payload, int fd)
{
    struct link_frame head = frame(call);

    assert_true(link_out_put(out, &head, &payload, 1, fd));
}

static void
write_all(struct link_out *out, int fd)
{
    struct err err;

    assert_int_equal(link_out_write(out, fd, LINK_WAIT, &err), LINK_READY);
    assert_true(link_out_is_empty(out));
}

/* Reads until a frame is complete. */
static struct link_received
next(struct link_in *in, int fd)
{
    struct link_received received;
    struct err err;

    while (!link_in_next(in, &received, &err)) {
        assert_string_equal(err.text, "");
        assert_int_equal(link_in_fill(in, fd, LINK_WAIT, &err), LINK_READY);
    }
    return received;
}

static void
check(const struct link_received *received, uint32_t call, struct str payload)
{
    struct link_frame want = frame(call);

    want.len = received->head.len;
    want.flags = received->head.flags;
    assert_int_equal(received->head.len, sizeof received->head + payload.len);
    assert_memory_equal(&received->head, &want, sizeof want);
    assert_int_equal(received->payload.len, payload.len);
    if (payload.len)
        assert_memory_equal(received->payload.p, payload.p, payload.len);
}

static void
test_fragments(void **state)
{
    struct pair pair = pair_open();
    struct link_received received;
    struct link_out out;
    struct link_in in;
    struct err err;

    (void)state;
    link_out_init(&out, 1 << 20);
    link_in_init(&in);
    put(&out, 1, STR("first"), -1);
    put(&out, 2, (struct str){ 0 }, -1);
    put(&out, 3, STR("third, a little longer"), -1);
    for (size_t cut = 1; cut < out.bytes.len; cut++) { /* cut once, at every place */
        assert_int_equal(write(pair.near, out.bytes.p, cut), cut);
        while (link_in_next(&in, &received, &err) || link_in_fill(&in, pair.far, LINK_DONTWAIT, &err) == LINK_READY)
            ;
        assert_string_equal(err.text, "");
        assert_int_equal(write(pair.near, out.bytes.p + cut, out.bytes.len - cut), out.bytes.len - cut);
        received = next(&in, pair.far);
        while (received.head.call < 3)
            received = next(&in, pair.far);
        check(&received, 3, STR("third, a little longer"));
    }
    for (size_t at = 0; at < out.bytes.len; at++) { /* byte by byte */
        assert_int_equal(write(pair.near, out.bytes.p + at, 1), 1);
        assert_int_equal(link_in_fill(&in, pair.far, LINK_DONTWAIT, &err), LINK_READY);
        if (link_in_next(&in, &received, &err))
            check(&received, received.head.call,
                  received.head.call == 1   ? STR("first")
                  : received.head.call == 2 ? STR("")
                                            : STR("third, a little longer"));
    }
    assert_int_equal(received.head.call, 3);
    link_out_fini(&out);
    link_in_fini(&in);
    pair_close(pair);
}

static void
test_many_sizes(void **state)
{
    static const size_t sizes[] = {
        0, 1, 47, 48, 65487, 65488, 65489, 65536, 70000, 131072, 1000000, 3, 5 << 20, 0, 17
    };
    char *payload = mem_alloc(5 << 20);
    struct pair pair = pair_open();
    struct link_received received;
    struct link_out out;
    struct link_in in;
    struct err err;

    (void)state;
    for (size_t i = 0; i < 5 << 20; i++)
        payload[i] = (char)(i * 31);
    link_out_init(&out, 64 << 20);
    link_in_init(&in);
    for (uint32_t i = 0; i < COUNT_OF(sizes); i++)
        put(&out, i + 1, (struct str){ payload, sizes[i] }, -1);
    for (uint32_t i = 0; i < COUNT_OF(sizes);) { /* one thread at both ends: neither may wait */
        enum link_event event = link_out_write(&out, pair.near, LINK_DONTWAIT, &err);

        assert_true(event == LINK_READY || event == LINK_AGAIN);
        event = link_in_fill(&in, pair.far, LINK_DONTWAIT, &err);
        assert_true(event == LINK_READY || event == LINK_AGAIN);
        for (; link_in_next(&in, &received, &err); i++)
            check(&received, i + 1, (struct str){ payload, sizes[i] });
        assert_string_equal(err.text, "");
    }
    link_in_trim(&in);
    assert_null(in.block);
    link_out_fini(&out);
    link_in_fini(&in);
    pair_close(pair);
    free(payload);
}

static int
fd_with(const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

static void
test_descriptors(void **state)
{
    struct pair pair = pair_open();
    struct link_out out;
    struct link_in in;
    char text[16];

    (void)state;
    link_out_init(&out, 1 << 20);
    link_in_init(&in);
    for (uint32_t round = 0; round < 3; round++) { /* with, without, two in a row, without */
        put(&out, 1, STR("a"), fd_with("one"));
        put(&out, 2, STR("b"), -1);
        put(&out, 3, STR("c"), fd_with("two"));
        put(&out, 4, STR("d"), fd_with("three"));
        put(&out, 5, STR("e"), -1);
        write_all(&out, pair.near);
        for (uint32_t call = 1; call <= 5; call++) {
            static const char *const want[] = { "", "one", "", "two", "three", "" };
            struct link_received received = next(&in, pair.far);

            assert_int_equal(received.head.call, call);
            assert_int_equal(!!(received.head.flags & LINK_FD), *want[call] != '\0');
            assert_int_equal(received.fd >= 0, *want[call] != '\0');
            if (received.fd >= 0) {
                ssize_t len = pread(received.fd, text, sizeof text - 1, 0);

                assert_true(len > 0);
                text[len] = '\0';
                assert_string_equal(text, want[call]);
                assert_true(fcntl(received.fd, F_GETFD) & FD_CLOEXEC);
                close(received.fd);
            }
        }
    }
    assert_int_equal(in.fd_count, 0);
    link_out_fini(&out);
    link_in_fini(&in);
    pair_close(pair);
}

static int
count_fds(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Whatever happens to the stream, every descriptor is closed by somebody. */
static void
test_descriptors_do_not_leak(void **state)
{
    int before = count_fds();
    struct link_out out, full;
    struct link_in in;
    struct link_frame head = frame(1);
    struct err err;

    (void)state;
    for (int written = 0; written < 2; written++) {
        struct pair pair = pair_open();

        link_out_init(&out, 1 << 20);
        link_in_init(&in);
        put(&out, 1, STR("a"), fd_with("one"));
        put(&out, 2, STR("b"), fd_with("two"));
        if (written) {
            write_all(&out, pair.near);
            while (link_in_fill(&in, pair.far, LINK_DONTWAIT, &err) == LINK_READY)
                ;
            assert_int_equal(in.fd_count, 2);
        }
        link_out_fini(&out);
        link_in_fini(&in);
        pair_close(pair);
    }
    link_out_init(&full, 10);
    assert_false(link_out_put(&full, &head, NULL, 0, fd_with("refused")));
    link_out_fini(&full);
    assert_int_equal(count_fds(), before);
}

static void
test_descriptor_limit(void **state)
{
    struct pair pair = pair_open();
    struct link_received received;
    struct rlimit old, none;
    struct link_out out;
    struct link_in in;

    (void)state;
    link_out_init(&out, 1 << 20);
    link_in_init(&in);
    put(&out, 1, STR("a"), fd_with("one"));
    put(&out, 2, STR("b"), -1);
    write_all(&out, pair.near);
    getrlimit(RLIMIT_NOFILE, &old);
    none = old;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    received = next(&in, pair.far);
    setrlimit(RLIMIT_NOFILE, &old);
    assert_true(received.head.flags & LINK_FD);
    assert_int_equal(received.fd, -1); /* the receiver refuses this one call */
    received = next(&in, pair.far);
    assert_int_equal(received.head.call, 2);
    link_out_fini(&out);
    link_in_fini(&in);
    pair_close(pair);
}

static void
expect_broken(const struct link_frame *head, const char *why)
{
    struct pair pair = pair_open();
    struct link_received received;
    struct link_in in;
    struct err err;

    link_in_init(&in);
    assert_int_equal(write(pair.near, head, sizeof *head), sizeof *head);
    assert_int_equal(link_in_fill(&in, pair.far, LINK_WAIT, &err), LINK_READY);
    assert_false(link_in_next(&in, &received, &err));
    assert_non_null(strstr(err.text, why));
    link_in_fini(&in);
    pair_close(pair);
}

static void
test_nonsense_is_refused(void **state)
{
    struct link_frame head = frame(1);

    (void)state;
    head.len = sizeof head;
    head.kind = 3;
    expect_broken(&head, "kind 3");
    head.kind = LINK_CALL;
    head.method = 0;
    expect_broken(&head, "method 0");
    head.method = LINK_HEALTH + 1;
    expect_broken(&head, "method 20");
    head.method = LINK_SEND_LOG;
    head.flags = LINK_FD;
    expect_broken(&head, "carries none");
    head.flags = 0;
    head.len = LINK_MAX_FRAME + 1;
    expect_broken(&head, "33554433 bytes");
    head.len = sizeof head - 1;
    expect_broken(&head, "47 bytes");
}

static void
test_limits_of_the_queue(void **state)
{
    char *large = mem_alloc(LINK_MAX_FRAME);
    struct link_frame head = frame(1);
    struct str parts[] = { { large, LINK_MAX_FRAME - sizeof head }, { large, 1 } };
    struct link_out out;

    (void)state;
    link_out_init(&out, SIZE_MAX / 2);
    assert_false(link_out_put(&out, &head, parts, 2, -1));
    assert_true(link_out_put(&out, &head, parts, 1, -1));
    link_out_fini(&out);
    link_out_init(&out, 100);
    assert_true(link_out_put(&out, &head, NULL, 0, -1));
    assert_true(link_out_put(&out, &head, NULL, 0, -1));
    assert_false(link_out_put(&out, &head, NULL, 0, -1));
    assert_int_equal(link_out_pending(&out), 2 * sizeof head);
    link_out_fini(&out);
    free(large);
}

/* A slow reader: what is written makes room for more, also with descriptors in between. */
static void
test_partial_writes(void **state)
{
    enum { COUNT = 3000, SIZE = 1500 };
    static char payload[SIZE];
    struct pair pair = pair_open();
    uint32_t sent = 0, seen = 0;
    struct link_out out;
    struct link_in in;
    struct err err;

    (void)state;
    link_out_init(&out, 1 << 20);
    link_in_init(&in);
    while (seen < COUNT) {
        struct link_frame head = frame(sent + 1);
        struct str part = { payload, SIZE };
        struct link_received received;

        while (sent < COUNT && link_out_put(&out, &head, &part, 1, sent % 10 == 0 ? fd_with("x") : -1))
            head = frame(++sent + 1);
        assert_int_not_equal(link_out_write(&out, pair.near, LINK_DONTWAIT, &err), LINK_BROKEN);
        assert_int_not_equal(link_in_fill(&in, pair.far, LINK_DONTWAIT, &err), LINK_BROKEN);
        while (link_in_next(&in, &received, &err)) {
            check(&received, ++seen, part);
            assert_int_equal(received.fd >= 0, (seen - 1) % 10 == 0);
            if (received.fd >= 0)
                close(received.fd);
        }
        assert_string_equal(err.text, "");
    }
    assert_true(link_out_is_empty(&out));
    link_out_fini(&out);
    link_in_fini(&in);
    pair_close(pair);
}

static void
test_ends(void **state)
{
    struct pair pair = pair_open();
    struct link_out out;
    struct link_in in;
    struct err err;

    (void)state;
    link_out_init(&out, 1 << 20);
    link_in_init(&in);
    assert_int_equal(link_in_fill(&in, pair.far, LINK_DONTWAIT, &err), LINK_AGAIN);
    put(&out, 1, STR("whole"), -1);
    write_all(&out, pair.near);
    shutdown(pair.near, SHUT_WR);
    next(&in, pair.far);
    assert_int_equal(link_in_fill(&in, pair.far, LINK_WAIT, &err), LINK_ENDED);
    put(&out, 2, STR("the other way still works"), -1);
    write_all(&out, pair.far);
    close(pair.near);
    pair.near = -1;
    put(&out, 3, STR("nobody reads"), -1);
    assert_int_equal(link_out_write(&out, pair.far, LINK_DONTWAIT, &err), LINK_BROKEN);
    assert_non_null(strstr(err.text, strerror(EPIPE)));
    link_out_fini(&out);
    link_in_fini(&in);
    pair_close(pair);

    pair = pair_open();
    link_in_init(&in);
    assert_int_equal(write(pair.near, "half", 4), 4);
    close(pair.near);
    pair.near = -1;
    assert_int_equal(link_in_fill(&in, pair.far, LINK_WAIT, &err), LINK_READY);
    assert_int_equal(link_in_fill(&in, pair.far, LINK_WAIT, &err), LINK_BROKEN);
    assert_non_null(strstr(err.text, "inside a frame"));
    link_in_fini(&in);
    pair_close(pair);
}

/* A slow handler keeps its request while the stream is read on. */
static void
test_blocks_outlive_reading(void **state)
{
    struct pair pair = pair_open();
    struct link_received first, other;
    struct link_block *block;
    struct link_out out;
    struct link_in in;

    (void)state;
    link_out_init(&out, 1 << 20);
    link_in_init(&in);
    put(&out, 1, STR("kept"), -1);
    write_all(&out, pair.near);
    first = next(&in, pair.far);
    block = in.block;
    link_block_get(block);
    for (uint32_t call = 2; call < 5000; call++) {
        put(&out, call, STR("something else that fills the block"), -1);
        write_all(&out, pair.near);
        other = next(&in, pair.far);
        assert_int_equal(other.head.call, call);
    }
    assert_ptr_not_equal(in.block, block);
    check(&first, 1, STR("kept"));
    link_block_put(block);
    link_out_fini(&out);
    link_in_fini(&in);
    pair_close(pair);
}

static void
test_answer_head(void **state)
{
    struct link_frame call = frame(9), answer = link_answer_head(&call, LINK_REFUSED);

    (void)state;
    assert_int_equal(answer.kind, LINK_RESPONSE);
    assert_int_equal(answer.status, LINK_REFUSED);
    assert_int_equal(answer.call, 9);
    assert_memory_equal(&answer.subject, &call.subject, sizeof call.subject);
    assert_string_equal(link_method_name(LINK_FUNCTION_ANSWER), "FUNCTION_ANSWER");
    assert_string_equal(link_method_name(LINK_START_TRANSACTION), "START_TRANSACTION");
    assert_string_equal(link_method_name(99), "?");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_many_sizes),
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_descriptors_do_not_leak),
        cmocka_unit_test(test_descriptor_limit),
        cmocka_unit_test(test_nonsense_is_refused),
        cmocka_unit_test(test_limits_of_the_queue),
        cmocka_unit_test(test_partial_writes),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_blocks_outlive_reading),
        cmocka_unit_test(test_answer_head),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
