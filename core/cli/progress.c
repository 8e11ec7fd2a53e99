/* SPDX-License-Identifier: MIT */
/* A line that moves (progress.h), drawn by a thread of its own, since whoever waits is blocked. */
#include "cli/progress.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { FRAME_NS = 100 * 1000 * 1000, MAX_TEXT = 120 };

static struct {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    char text[MAX_TEXT];
    bool is_running, is_over;
} self = { .mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void *
draw(void *arg)
{
    static const char *const frames[] = { "⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏" };
    struct timespec next;

    (void)arg;
    pthread_mutex_lock(&self.mutex);
    for (size_t i = 0; !self.is_over; i++) {
        fprintf(stderr, "\r\033[K%s %s", frames[i % COUNT_OF(frames)], self.text);
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_nsec += FRAME_NS;
        next.tv_sec += next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&self.changed, &self.mutex, &next);
    }
    fputs("\r\033[K", stderr);
    pthread_mutex_unlock(&self.mutex);
    return NULL;
}

static bool
can_move(void)
{
    const char *terminal = getenv("TERM");

    return isatty(STDERR_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

void
progress_begin(const char *text)
{
    progress_end();
    if (!can_move())
        return;
    snprintf(self.text, sizeof self.text, "%s", text);
    self.is_over = false;
    self.is_running = pthread_create(&self.thread, NULL, draw, NULL) == 0;
}

void
progress_say(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    pthread_mutex_lock(&self.mutex);
    vsnprintf(self.text, sizeof self.text, fmt, args);
    pthread_mutex_unlock(&self.mutex);
    va_end(args);
}

void
progress_end(void)
{
    if (!self.is_running)
        return;
    pthread_mutex_lock(&self.mutex);
    self.is_over = true;
    pthread_cond_signal(&self.changed);
    pthread_mutex_unlock(&self.mutex);
    pthread_join(self.thread, NULL);
    self.is_running = false;
}
