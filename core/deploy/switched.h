/* SPDX-License-Identifier: MIT */
/*
 * What follows the switch to another version of a service (functions.md 2.2, 2.4): the window in which it is watched,
 * the way back when it fails, the end of the processes before it. One for each service and stage. Control thread.
 */
#ifndef DEPLOY_SWITCHED_H
#define DEPLOY_SWITCHED_H

#include "deploy/service_modules.h"
#include "deploy/watch.h"
#include "store/store.h"

/* A version that was live. */
struct past {
    char *version;
    int64_t timestamp_ms, bytes;
    struct service_modules *modules;
};

struct switched_spec {
    const char *service, *stage;
    struct store *store;
    const struct service_modules *(*live)(void *arg); /* NULL: nothing is */
    bool (*is_changing)(void *arg);                   /* somebody has the service's claim */
    /*
     * Makes it live again: switched_begin or switched_stay follows. Called when nobody has the claim, which it takes.
     * What it wants to keep of `to` it copies.
     */
    void (*go_back)(void *arg, const struct past *to);
    void *arg;
};
struct switched *switched_new(const struct switched_spec *spec);

struct switched_change {
    const char *version;
    int64_t timestamp_ms, bytes;
    const char *row;           /* of store/deployment.h, which gets the result; NULL: it was live before the start */
    struct stats_tally *tally; /* of a window that is open from now on; NULL: there is none */
    int64_t watch_ms;
    struct service_modules *before; /* what was live, taken over; NULL: nothing was */
    bool is_return;                 /* it was live before the last one, which failed */
};
/* It has just become live. */
void switched_begin(struct switched *self, const struct switched_change *change);
/* It could not go back; it stays. */
void switched_stay(struct switched *self, const char *why);
/* Nothing is live any more. */
void switched_end(struct switched *self);

/* What is live has crashed before it ever worked. false: there is nothing to go back to. */
bool switched_crashed(struct switched *self, const char *why);
/* Whoever has the service's claim has given it back. */
void switched_released(struct switched *self);

/* Versions whose files have to stay: the live one, those that drain, the one to go back to. In the arena. */
struct service_texts switched_used(const struct switched *self, struct arena *arena);
/* When the window closes, wall clock; 0: there is none. */
int64_t switched_watch_until(const struct switched *self);
/* Members for an object that is open. timestamp_ms 0: the live one. false: it was so long ago that the store knows. */
bool switched_json(const struct switched *self, int64_t timestamp_ms, struct json_out *out);

#endif
