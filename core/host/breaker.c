/* SPDX-License-Identifier: MIT */
/* The breaker of one route (breaker.h). */
#include "host/breaker.h"

int64_t
breaker_wait_ms(const struct breaker *breaker, int64_t now)
{
    return breaker->is_open && breaker->until > now ? breaker->until - now : 0;
}

bool
breaker_allow(struct breaker *breaker, int64_t now)
{
    if (breaker_wait_ms(breaker, now) > 0)
        return false;
    breaker->until = now + breaker->wait_ms;
    return true;
}

void
breaker_crashed(struct breaker *breaker, int64_t now)
{
    int64_t oldest;

    breaker->crashes[breaker->next] = now;
    breaker->next = (breaker->next + 1) % BREAKER_CRASHES;
    oldest = breaker->crashes[breaker->next];
    if (breaker->is_open) {
        breaker->wait_ms *= 2;
        if (breaker->wait_ms > BREAKER_LONGEST_WAIT_MS)
            breaker->wait_ms = BREAKER_LONGEST_WAIT_MS;
    } else if (oldest && now - oldest <= BREAKER_WINDOW_MS) {
        breaker->is_open = true;
        breaker->wait_ms = BREAKER_FIRST_WAIT_MS;
    } else {
        return;
    }
    breaker->until = now + breaker->wait_ms;
}

void
breaker_finished(struct breaker *breaker)
{
    if (breaker->is_open)
        *breaker = (struct breaker){ 0 };
}

void
breaker_trial_void(struct breaker *breaker)
{
    breaker->until = 0;
}
