/* SPDX-License-Identifier: MIT */
/* The log of each function (journal.h). */
#include "function/journal.h"

#include <dirent.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "function/journal_internal.h"
#include "function/journal_wait.h"
#include "loop/control.h"
#include "loop/worker.h"

enum {
    MAX_WAITING = 1 << 20,
    MAX_DAY = 64 << 20,
    MAX_ENDS = 4096,
    SETTLED_MS = 5 /* what a call printed has arrived */,
    MAX_PATH = 4096,
    DAY_LEN = 10
};
static const double TICK_SECONDS = 0.2;

struct ending {
    char id[40];
    int64_t at_ms, duration_us, init_us;
};

struct journal {
    struct journal *next;
    char *function;
    pthread_mutex_t lock;
    struct buf text;     /* not written yet */
    struct ending *ends; /* calls that ended since the last tick: their output may still be on its way */
    size_t end_count;
    uint64_t lost;    /* lines */
    char last_id[40]; /* of the call that began last: whose output it probably is */
    char tail[JOURNAL_TAIL];
    size_t tail_len;
    uint32_t keep_days, memory_mb;
    int64_t used_bytes; /* by its process, at the last tick */
    atomic_uint_fast64_t writes;
    char pruned[DAY_LEN + 1]; /* the day on which old files were looked for; the writer's */
};

static struct {
    char *dir;
    int64_t (*memory_bytes)(const char *function);
    pthread_mutex_t lock;
    struct map by_name;
    _Atomic(struct journal *) first;
    atomic_bool is_awake; /* control knows that there is something to write */
    struct message wake, write;
    bool is_writing;
    ev_timer tick;
} self = { .lock = PTHREAD_MUTEX_INITIALIZER };

struct journal *
journal_of(const char *function)
{
    struct journal *journal;

    pthread_mutex_lock(&self.lock);
    journal = map_find(&self.by_name, str_of(function));
    if (!journal) {
        journal = mem_alloc(sizeof *journal);
        journal->function = mem_strdup(function);
        pthread_mutex_init(&journal->lock, NULL);
        buf_init(&journal->text, MAX_WAITING);
        journal->next = atomic_load(&self.first);
        map_set(&self.by_name, str_of(function), journal);
        atomic_store(&self.first, journal);
    }
    pthread_mutex_unlock(&self.lock);
    return journal;
}

void
journal_configure(struct journal *journal, uint32_t keep_days, uint32_t memory_mb)
{
    pthread_mutex_lock(&journal->lock);
    journal->keep_days = keep_days;
    journal->memory_mb = memory_mb;
    pthread_mutex_unlock(&journal->lock);
}

/* ---- lines */

uint64_t
journal_writes(const struct journal *journal)
{
    return atomic_load(&journal->writes);
}

void
journal_time_text(int64_t at_ms, char text[JOURNAL_TIME + 1])
{
    time_t seconds = (time_t)(at_ms / 1000);
    char whole[64];
    struct tm tm;
    size_t len;

    gmtime_r(&seconds, &tm);
    len = strftime(whole, sizeof whole, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(whole + len, sizeof whole - len, ".%03uZ", (unsigned)(at_ms % 1000));
    memcpy(text, whole, JOURNAL_TIME);
    text[JOURNAL_TIME] = '\0';
}

static void
add_to_tail(struct journal *journal, struct str line)
{
    size_t len = line.len < JOURNAL_TAIL ? line.len : JOURNAL_TAIL, kept = JOURNAL_TAIL - len;

    if (journal->tail_len > kept) {
        memmove(journal->tail, journal->tail + journal->tail_len - kept, kept);
        journal->tail_len = kept;
    }
    memcpy(journal->tail + journal->tail_len, line.p + line.len - len, len);
    journal->tail_len += len;
}

/* The lock is held. The line ends with a line feed. */
static void
add(struct journal *journal, int64_t at_ms, struct str line)
{
    char text[JOURNAL_TIME + 1];

    if (journal->text.len + JOURNAL_TIME + 1 + line.len > MAX_WAITING) {
        journal->lost++;
        return;
    }
    journal_time_text(at_ms, text);
    buf_str(&journal->text, text);
    buf_char(&journal->text, '\t');
    buf_put(&journal->text, line.p, line.len);
    add_to_tail(journal, line);
}

/* Layout of the Lambda emulator. The lock is held. */
static void
add_ends(struct journal *journal)
{
    long long used_mb = (journal->used_bytes + (1 << 20) - 1) >> 20;

    for (size_t i = 0; i < journal->end_count; i++) {
        const struct ending *ending = &journal->ends[i];
        char line[320], init[48] = "";
        int len;

        if (ending->init_us)
            snprintf(init, sizeof init, "\tInit Duration: %.2f ms", (double)ending->init_us / 1000);
        len = snprintf(line, sizeof line,
                       "END RequestId: %s\n"
                       "REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %lld ms\tMemory Size: %u MB\tMax "
                       "Memory Used: %lld MB%s\n",
                       ending->id, ending->id, (double)ending->duration_us / 1000,
                       (long long)((ending->duration_us + 999) / 1000), journal->memory_mb, used_mb, init);
        for (char *at = line, *stop; at < line + len; at = stop) {
            stop = strchr(at, '\n') + 1;
            add(journal, ending->at_ms, (struct str){ at, (size_t)(stop - at) });
        }
    }
    journal->end_count = 0;
}

/* Control thread; the lock is held. */
static void
look_at_memory(struct journal *journal)
{
    int64_t bytes = journal->end_count ? self.memory_bytes(journal->function) : 0;

    if (bytes)
        journal->used_bytes = bytes;
}

static void on_wake(struct message *message);

static void
wake(void)
{
    if (!atomic_exchange_explicit(&self.is_awake, true, memory_order_acq_rel))
        control_post(&self.wake, on_wake);
}

void
journal_began(struct journal *journal, const char *id, const char *trace)
{
    int64_t now = clock_wall_ms();
    char line[1024];
    int len = snprintf(line, sizeof line, "START RequestId: %s Version: $LATEST%s\n", id, trace);

    pthread_mutex_lock(&journal->lock);
    if (journal->end_count && journal->used_bytes && now - journal->ends[journal->end_count - 1].at_ms >= SETTLED_MS)
        add_ends(journal);
    snprintf(journal->last_id, sizeof journal->last_id, "%s", id);
    add(journal, now, (struct str){ line, (size_t)len });
    pthread_mutex_unlock(&journal->lock);
    wake();
}

void
journal_ended(struct journal *journal, const char *id, int64_t duration_us, int64_t init_us)
{
    pthread_mutex_lock(&journal->lock);
    if (!journal->ends)
        journal->ends = mem_alloc(MAX_ENDS * sizeof *journal->ends);
    if (journal->end_count < MAX_ENDS) {
        struct ending *ending = &journal->ends[journal->end_count++];

        *ending = (struct ending){ .at_ms = clock_wall_ms(), .duration_us = duration_us, .init_us = init_us };
        snprintf(ending->id, sizeof ending->id, "%s", id);
    } else {
        journal->lost += 2;
    }
    pthread_mutex_unlock(&journal->lock);
    wake();
}

void
journal_note(struct journal *journal, struct str line)
{
    struct buf text;

    buf_init(&text, MAX_WAITING);
    buf_put(&text, line.p, line.len);
    buf_char(&text, '\n');
    pthread_mutex_lock(&journal->lock);
    add(journal, clock_wall_ms(), buf_view(&text));
    pthread_mutex_unlock(&journal->lock);
    buf_fini(&text);
    wake();
}

void
journal_line(struct journal *journal, struct str line)
{
    struct buf text;

    buf_init(&text, MAX_WAITING);
    pthread_mutex_lock(&journal->lock);
    buf_printf(&text, "%s\t%.*s\n", journal->last_id[0] ? journal->last_id : "-", STR_ARG(line));
    add(journal, clock_wall_ms(), buf_view(&text));
    pthread_mutex_unlock(&journal->lock);
    buf_fini(&text);
    wake();
}

void
journal_failed(struct journal *journal, const char *id, const char *why)
{
    char line[1024];
    int len = snprintf(line, sizeof line, "%s\t%.900s\n", id, why);

    pthread_mutex_lock(&journal->lock);
    add(journal, clock_wall_ms(), (struct str){ line, (size_t)len });
    pthread_mutex_unlock(&journal->lock);
    wake();
}

size_t
journal_tail(struct journal *journal, const char *id, char tail[JOURNAL_TAIL])
{
    size_t len = 0, id_len = strlen(id);

    pthread_mutex_lock(&journal->lock);
    look_at_memory(journal);
    add_ends(journal);
    for (const char *at = journal->tail, *end = at + journal->tail_len, *stop; at < end; at = stop) {
        stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop + 1 : end;
        if (journal->last_id[0] && !memmem(at, (size_t)(stop - at), id, id_len))
            continue;
        memcpy(tail + len, at, (size_t)(stop - at));
        len += (size_t)(stop - at);
    }
    pthread_mutex_unlock(&journal->lock);
    return len;
}

/* ---- files: one api thread at a time */

static bool
is_day(const char *name)
{
    return strlen(name) == DAY_LEN + 4 && name[4] == '-' && name[7] == '-' && strcmp(name + DAY_LEN, ".log") == 0;
}

/* Files whose day is over for more than keep_days. */
static void
prune(struct journal *journal, const char *dir, const char today[DAY_LEN + 1])
{
    char first[JOURNAL_TIME + 1];
    struct dirent *entry;
    DIR *stream;

    if (!journal->keep_days || strcmp(journal->pruned, today) == 0 || !(stream = opendir(dir)))
        return;
    memcpy(journal->pruned, today, DAY_LEN + 1);
    journal_time_text(clock_wall_ms() - (int64_t)journal->keep_days * 86400 * 1000, first);
    while ((entry = readdir(stream)))
        if (is_day(entry->d_name) && strncmp(entry->d_name, first, DAY_LEN) < 0)
            unlinkat(dirfd(stream), entry->d_name, 0);
    closedir(stream);
}

bool
journal_path(const char *function, const char *day, char *path, size_t size)
{
    int len = snprintf(path, size, "%s/%s/%s.log", self.dir, function, day);

    return len > 0 && (size_t)len < size && !strstr(function, "..") && function[0] != '/';
}

int64_t
journal_day_ms(const char *day)
{
    struct tm tm = { 0 };

    return strptime(day, "%Y-%m-%d", &tm) ? (int64_t)timegm(&tm) * 1000 : 0;
}

static void
make_directories(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    mkdir(path, 0700);
}

static void
append(struct journal *journal, const char *day, struct str text)
{
    char path[MAX_PATH], *slash;
    struct stat st;
    int fd;

    if (!journal_path(journal->function, day, path, sizeof path))
        return;
    slash = strrchr(path, '/');
    *slash = '\0';
    make_directories(path);
    prune(journal, path, day);
    *slash = '/';
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || fstat(fd, &st) != 0) {
        log_warn("function", "the log of %s cannot be written: %s", journal->function, strerror(errno));
    } else if (st.st_size < MAX_DAY) {
        static const char full[] = "-\tThis day's log is full.\n";
        bool is_last = st.st_size + (int64_t)text.len >= MAX_DAY;

        if (write(fd, text.p, text.len) < 0 ||
            (is_last && (write(fd, text.p, JOURNAL_TIME + 1) < 0 || write(fd, full, sizeof full - 1) < 0)))
            log_warn("function", "the log of %s cannot be written: %s", journal->function, strerror(errno));
    }
    if (fd >= 0)
        close(fd);
}

/* Lines of one day each; nearly always all of them. */
static void
write_days(struct journal *journal, struct str text)
{
    while (text.len > DAY_LEN) {
        char day[DAY_LEN + 1];
        size_t len = 0;

        memcpy(day, text.p, DAY_LEN);
        day[DAY_LEN] = '\0';
        while (len < text.len && strncmp(text.p + len, day, DAY_LEN) == 0) {
            const char *end = memchr(text.p + len, '\n', text.len - len);

            len = end ? (size_t)(end - text.p) + 1 : text.len;
        }
        append(journal, day, (struct str){ text.p, len });
        text.p += len;
        text.len -= len;
    }
}

static void
write_all(void)
{
    for (struct journal *journal = atomic_load(&self.first); journal; journal = journal->next) {
        struct buf text;

        pthread_mutex_lock(&journal->lock);
        text = journal->text;
        buf_init(&journal->text, MAX_WAITING);
        if (journal->lost && text.len) {
            char line[96];
            int len = snprintf(line, sizeof line, "-\t%llu lines came too fast and were left out.\n",
                               (unsigned long long)journal->lost);

            journal->lost = 0;
            add(journal, clock_wall_ms(), (struct str){ line, (size_t)len });
        }
        pthread_mutex_unlock(&journal->lock);
        write_days(journal, buf_view(&text));
        if (text.len)
            atomic_fetch_add(&journal->writes, 1);
        buf_fini(&text);
    }
}

static void
written(struct message *message)
{
    (void)message;
    self.is_writing = false;
    journal_waits_tell();
}

static void
write_here(struct message *message)
{
    write_all();
    control_post(message, written);
}

static bool
gather(void)
{
    bool has_text = false;

    for (struct journal *journal = atomic_load(&self.first); journal; journal = journal->next) {
        pthread_mutex_lock(&journal->lock);
        look_at_memory(journal);
        add_ends(journal);
        has_text |= journal->text.len > 0;
        pthread_mutex_unlock(&journal->lock);
    }
    return has_text;
}

/* ---- control */

static void
on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    if (self.is_writing)
        return;
    atomic_store(&self.is_awake, false); /* what comes from here on wakes us again */
    if (!gather()) {
        ev_timer_stop(loop, timer);
        return;
    }
    atomic_store(&self.is_awake, true);
    self.is_writing = worker_post(&self.write, write_here);
}

static void
on_wake(struct message *message)
{
    (void)message;
    if (!ev_is_active(&self.tick)) {
        ev_timer_set(&self.tick, TICK_SECONDS, TICK_SECONDS);
        ev_timer_start(control_loop(), &self.tick);
    }
}

void
journals_init(const char *dir, int64_t (*memory_bytes)(const char *function))
{
    self.dir = mem_strdup(dir);
    self.memory_bytes = memory_bytes;
    ev_timer_init(&self.tick, on_tick, TICK_SECONDS, TICK_SECONDS);
}

void
journals_stop(void)
{
    ev_timer_stop(control_loop(), &self.tick);
    if (gather())
        write_all();
}
