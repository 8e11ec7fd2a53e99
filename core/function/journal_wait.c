/* SPDX-License-Identifier: MIT */
/* Waiting until the log of a function has grown (journal_wait.h). */
#include "function/journal_wait.h"

#include "function/journal.h"
#include "loop/control.h"

enum { MAX_WAITS = 256 };

static struct {
    struct list waits; /* struct journal_wait */
    size_t count;
    bool is_stopped;
} self = { .waits = { &self.waits, &self.waits } };

static void
end(struct journal_wait *wait)
{
    list_remove(&wait->link);
    self.count--;
    ev_timer_stop(control_loop(), &wait->deadline);
    wait->done(wait);
}

static void
on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    end(container_of(timer, struct journal_wait, deadline));
}

bool
journal_wait(struct journal_wait *wait, const struct journal *journal, uint64_t seen, int64_t limit_ms)
{
    if (self.is_stopped || self.count >= MAX_WAITS || limit_ms <= 0 || journal_writes(journal) != seen)
        return false;
    wait->journal = journal;
    wait->seen = seen;
    list_add_tail(&self.waits, &wait->link);
    self.count++;
    ev_timer_init(&wait->deadline, on_deadline, (double)limit_ms / 1000, 0);
    ev_now_update(control_loop());
    ev_timer_start(control_loop(), &wait->deadline);
    return true;
}

void
journal_waits_tell(void)
{
    for (struct list *link = self.waits.next, *next; link != &self.waits; link = next) {
        struct journal_wait *wait = container_of(link, struct journal_wait, link);

        next = link->next;
        if (self.is_stopped || journal_writes(wait->journal) != wait->seen)
            end(wait);
    }
}

void
journal_waits_stop(void)
{
    self.is_stopped = true;
    journal_waits_tell();
}
