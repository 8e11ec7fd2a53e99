/* SPDX-License-Identifier: MIT */
/*
 * Messages between threads: an intrusive queue with many senders and one receiver per loop. The receiver is woken once
 * for all that has arrived since it last looked. A message is one allocation of the sender's; after posting it belongs
 * to the receiver, whose run() disposes of it.
 */
#ifndef LOOP_INBOX_H
#define LOOP_INBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct message {
    struct message *next;
    void (*run)(struct message *message); /* on the receiving thread */
};

struct inbox {
    _Atomic(struct message *) newest; /* senders push here; the receiver takes all and turns the order round */
    atomic_bool is_woken;             /* since its last look */
    void (*wake)(void *arg);          /* must be callable from any thread */
    void *arg;
};

void inbox_init(struct inbox *inbox, void (*wake)(void *arg), void *arg);

/* Any thread. Messages of one sender run in the order of posting. */
void inbox_post(struct inbox *inbox, struct message *message, void (*run)(struct message *message));

/* The same without waking the receiver: it is read with whatever comes next. */
void inbox_post_quietly(struct inbox *inbox, struct message *message, void (*run)(struct message *message));

/* Any thread. Wakes the receiver if something has been waiting quietly. */
void inbox_nudge(struct inbox *inbox);

/* Receiving thread only: runs everything that has arrived so far; returns how many. */
size_t inbox_run(struct inbox *inbox);

#endif
