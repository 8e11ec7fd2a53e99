/* SPDX-License-Identifier: MIT */
/*
 * The control loop: libev's default loop on the main thread, which owns all live state, and the way to it from other
 * threads.
 */
#ifndef LOOP_CONTROL_H
#define LOOP_CONTROL_H

#include "loop/inbox.h"

struct ev_loop;

/* Main thread, once, before any other thread may post. */
void control_init(void);
/* The same in somebody else's process: any one thread instead of main, and no signal is touched. */
void control_init_embedded(void);
struct ev_loop *control_loop(void); /* main thread only */

/* Any thread: `run` is called with `message` on the control loop. */
void control_post(struct message *message, void (*run)(struct message *message));

/* The same for what is in no hurry: it runs before whatever else is posted, or at the next control_catch_up(). */
void control_post_quietly(struct message *message, void (*run)(struct message *message));
void control_catch_up(void); /* main thread, from timers that need to know what has been posted quietly */

void control_run(void);  /* until control_stop */
void control_stop(void); /* main thread */

#endif
