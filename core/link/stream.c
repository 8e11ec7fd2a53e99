/* SPDX-License-Identifier: MIT */
/* Frames on an AF_UNIX stream (stream.h). */
#include "link/stream.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"

enum { BLOCK_SIZE = LINK_INLINE_BODY, LEAST_ROOM = 4 << 10 };

struct link_block {
    atomic_uint refs;
    size_t size;
    char bytes[];
};

/* ---- blocks */

static struct link_block *
block_new(size_t size)
{
    /* not mem_alloc: zeroing would touch memory that most streams never use */
    struct link_block *block = mem_realloc(NULL, sizeof *block + size);

    atomic_init(&block->refs, 1);
    block->size = size;
    return block;
}

void
link_block_get(struct link_block *block)
{
    atomic_fetch_add_explicit(&block->refs, 1, memory_order_relaxed);
}

void
link_block_put(struct link_block *block)
{
    if (block && atomic_fetch_sub_explicit(&block->refs, 1, memory_order_acq_rel) == 1)
        free(block);
}

static bool
block_is_shared(struct link_block *block)
{
    return atomic_load_explicit(&block->refs, memory_order_acquire) != 1;
}

/* ---- reading */

void
link_in_init(struct link_in *in)
{
    *in = (struct link_in){ 0 };
}

void
link_in_fini(struct link_in *in)
{
    for (unsigned i = 0; i < in->fd_count; i++)
        if (in->fds[i] >= 0)
            close(in->fds[i]);
    link_block_put(in->block);
    link_in_init(in);
}

void
link_in_trim(struct link_in *in)
{
    if (in->block && in->start == in->end) {
        link_block_put(in->block);
        in->block = NULL;
        in->start = in->end = 0;
    }
}

/*
 * Makes room behind `end`: for the rest of the frame that has begun, or for some small ones. Bytes not taken yet move
 * to the front, or to a new block if somebody else still looks at this one or the frame is larger than it.
 */
static void
make_room(struct link_in *in)
{
    struct link_block *block = in->block;
    size_t kept = in->end - in->start, size = in->checked_len > BLOCK_SIZE ? in->checked_len : BLOCK_SIZE;
    bool reusable;

    if (!block) {
        in->block = block_new(size);
        return;
    }
    reusable = block->size == BLOCK_SIZE && size == BLOCK_SIZE && !block_is_shared(block);
    if (kept == 0 && reusable) {
        in->start = in->end = 0;
        return;
    }
    if (block->size - in->end >= (in->checked_len ? in->checked_len - kept : LEAST_ROOM))
        return;
    if (reusable) {
        memmove(block->bytes, block->bytes + in->start, kept);
    } else {
        in->block = block_new(size);
        memcpy(in->block->bytes, block->bytes + in->start, kept);
        link_block_put(block);
    }
    in->start = 0;
    in->end = kept;
}

/*
 * At most one descriptor comes with one recvmsg: the kernel ends a read behind bytes that carry some, and there is room
 * for one.
 */
static bool
take_fd(struct link_in *in, struct msghdr *message, struct err *err)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    int fd = -1;

    if (control && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS &&
        control->cmsg_len == CMSG_LEN(sizeof fd))
        memcpy(&fd, CMSG_DATA(control), sizeof fd);
    if (fd < 0 && !(message->msg_flags & MSG_CTRUNC))
        return true;
    if (in->fd_count == LINK_MAX_FDS || (fd >= 0 && message->msg_flags & MSG_CTRUNC)) {
        if (fd >= 0)
            close(fd);
        return err_set(err, "more descriptors than frames to carry them");
    }
    in->fds[in->fd_count++] = fd;
    return true;
}

enum link_event
link_in_fill(struct link_in *in, int fd, int mode, struct err *err)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec space;
    struct msghdr message = {
        .msg_iov = &space, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = CMSG_LEN(sizeof(int))
    };
    ssize_t len;

    make_room(in);
    space = (struct iovec){ in->block->bytes + in->end, in->block->size - in->end };
    do
        len = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | (mode == LINK_DONTWAIT ? MSG_DONTWAIT : 0));
    while (len < 0 && errno == EINTR);
    if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return LINK_AGAIN;
    if (len < 0) {
        err_set_errno(err, "reading from the link");
        return LINK_BROKEN;
    }
    if (len == 0 && in->start == in->end)
        return LINK_ENDED;
    if (len == 0) {
        err_set(err, "the link ended inside a frame");
        return LINK_BROKEN;
    }
    in->end += (size_t)len;
    return take_fd(in, &message, err) ? LINK_READY : LINK_BROKEN;
}

static bool
check_head(const struct link_frame *head, struct err *err)
{
    if (head->len < sizeof *head || head->len > LINK_MAX_FRAME)
        return err_set(err, "a frame of %u bytes (allowed: %zu to %u)", head->len, sizeof *head, LINK_MAX_FRAME);
    if (head->kind != LINK_CALL && head->kind != LINK_RESPONSE)
        return err_set(err, "a frame of kind %u", head->kind);
    if (head->method < LINK_HELLO || head->method > LINK_HEALTH)
        return err_set(err, "a frame with method %u", head->method);
    return true;
}

bool
link_in_next(struct link_in *in, struct link_received *received, struct err *err)
{
    size_t have = in->end - in->start;
    const char *at;

    if (err)
        err->text[0] = '\0';
    if (have < sizeof received->head)
        return false;
    at = in->block->bytes + in->start;
    memcpy(&received->head, at, sizeof received->head);
    if (!in->checked_len && !check_head(&received->head, err))
        return false;
    in->checked_len = received->head.len;
    if (have < in->checked_len)
        return false;
    received->payload = (struct str){ at + sizeof received->head, in->checked_len - sizeof received->head };
    received->fd = -1;
    if (received->head.flags & LINK_FD) {
        if (!in->fd_count)
            return err_set(err, "a frame that should carry a descriptor carries none");
        received->fd = in->fds[0];
        memmove(in->fds, in->fds + 1, --in->fd_count * sizeof in->fds[0]);
    }
    in->start += in->checked_len;
    in->checked_len = 0;
    return true;
}

/* ---- writing */

void
link_out_init(struct link_out *out, size_t max_bytes)
{
    *out = (struct link_out){ 0 };
    buf_init(&out->bytes, max_bytes);
}

static void
close_fds(struct link_out *out)
{
    for (unsigned i = out->fd_done; i < out->fd_count; i++)
        close(out->fds[i].fd);
    out->fd_count = out->fd_done = 0;
}

void
link_out_fini(struct link_out *out)
{
    close_fds(out);
    free(out->fds);
    buf_fini(&out->bytes);
    link_out_init(out, out->bytes.max);
}

/* What is written already goes, once it is the larger half: a slow reader must not make the queue look full. */
static void
compact(struct link_out *out)
{
    if (out->written < BLOCK_SIZE || out->written < out->bytes.len / 2)
        return;
    for (unsigned i = out->fd_done; i < out->fd_count; i++) {
        out->fds[i - out->fd_done] = out->fds[i];
        out->fds[i - out->fd_done].at -= out->written;
    }
    out->fd_count -= out->fd_done;
    out->fd_done = 0;
    buf_drop(&out->bytes, out->written);
    out->written = 0;
}

static void
put_fd(struct link_out *out, int fd)
{
    if (out->fd_count == out->fd_cap) {
        out->fd_cap = out->fd_cap ? out->fd_cap * 2 : 4;
        out->fds = mem_realloc(out->fds, out->fd_cap * sizeof out->fds[0]);
    }
    out->fds[out->fd_count++] = (struct link_out_fd){ out->bytes.len, fd };
}

bool
link_out_put(struct link_out *out, const struct link_frame *head, const struct str *parts, size_t part_count, int fd)
{
    struct link_frame copy = *head;
    size_t len = sizeof copy;

    compact(out);
    for (size_t i = 0; i < part_count; i++)
        len = parts[i].len > LINK_MAX_FRAME - len ? LINK_MAX_FRAME + 1 : len + parts[i].len;
    if (len > LINK_MAX_FRAME || !buf_reserve(&out->bytes, len)) {
        out->bytes.over = false;
        if (fd >= 0)
            close(fd);
        return false;
    }
    if (fd >= 0) {
        put_fd(out, fd);
        copy.flags |= LINK_FD;
    }
    copy.len = (uint32_t)len;
    buf_put(&out->bytes, &copy, sizeof copy);
    for (size_t i = 0; i < part_count; i++)
        buf_put(&out->bytes, parts[i].p, parts[i].len);
    return true;
}

/* One sendmsg: up to the next frame with a descriptor, or from such a frame up to the one after it. */
static ssize_t
send_some(struct link_out *out, int fd, int flags)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = { { 0 } };
    struct link_out_fd *next = out->fd_done < out->fd_count ? &out->fds[out->fd_done] : NULL;
    bool with_fd = next && next->at == out->written;
    size_t end = out->bytes.len;
    struct iovec bytes;
    struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
    ssize_t len;

    if (with_fd) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_LEN(sizeof(int));
        *CMSG_FIRSTHDR(&message) =
            (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &next->fd, sizeof next->fd);
        end = out->fd_done + 1 < out->fd_count ? next[1].at : end;
    } else if (next) {
        end = next->at;
    }
    bytes = (struct iovec){ out->bytes.p + out->written, end - out->written };
    len = sendmsg(fd, &message, flags);
    if (len > 0 && with_fd) { /* it left with the first byte, even if not all bytes did */
        close(next->fd);
        out->fd_done++;
    }
    return len;
}

enum link_event
link_out_write(struct link_out *out, int fd, int mode, struct err *err)
{
    int flags = MSG_NOSIGNAL | (mode == LINK_DONTWAIT ? MSG_DONTWAIT : 0);

    while (out->written < out->bytes.len) {
        ssize_t len = send_some(out, fd, flags);

        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return LINK_AGAIN;
        if (len < 0) {
            err_set_errno(err, "writing to the link");
            return LINK_BROKEN;
        }
        out->written += (size_t)len;
    }
    out->written = 0;
    out->fd_count = out->fd_done = 0;
    if (out->bytes.cap > 4 * BLOCK_SIZE)
        buf_fini(&out->bytes);
    else
        buf_clear(&out->bytes);
    return LINK_READY;
}

/* ---- small help */

struct link_frame
link_answer_head(const struct link_frame *call, unsigned status)
{
    struct link_frame head = *call;

    head.kind = LINK_RESPONSE;
    head.flags = 0;
    head.status = (uint8_t)status;
    return head;
}

const char *
link_method_name(unsigned method)
{
    static const char *const names[] = {
        "?",
        "HELLO",
        "START_TRANSACTION",
        "IO_RESPONSE",
        "CLOSE_TRANSACTION",
        "OPEN_PAGE",
        "CLOSE_PAGE",
        "DRAIN",
        "SEND_IO_CALL",
        "SEND_PAGE",
        "SEND_LOADING_CALL",
        "SEND_LOG",
        "SEND_REDIRECT",
        "COMPLETE",
        "PARKED",
        "FUNCTION",
        "FUNCTION_ANSWER",
        "NOTIFY",
        "CANCEL",
        "HEALTH",
    };

    return method < COUNT_OF(names) ? names[method] : names[0];
}
