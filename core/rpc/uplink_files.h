/* SPDX-License-Identifier: MIT */
/*
 * Files of an answer (io-methods.md 12): the server knows their addresses, handlers read them here. They are fetched
 * before the answer is delivered, to spec.files_dir/<run>/<group>/<field>-<number>, and removed with their run. What
 * could not be fetched is missing then, why stands in <field>-<number>.error, and the person is asked again. Control.
 */
#ifndef RPC_UPLINK_FILES_H
#define RPC_UPLINK_FILES_H

#include "rpc/uplink_run.h"

/* Where the files of a run will be, into its inputs. */
void uplink_files_put_place(struct buf *inputs, const struct uplink_run *run);

/*
 * A RETURN for a group, `root` being what is in `response`. true: it has files, and is delivered as soon as they are
 * there. Before uplink_run_answer, which forgets what was asked.
 */
bool uplink_files_take(struct uplink_run *run, struct uuid group, struct json root, struct str response);
bool uplink_files_are_awaited(const struct uplink_run *run, struct uuid group);
void uplink_files_stop(struct uplink_run *run); /* the answer counts no more */

void uplink_files_remove(struct uplink_run *run);

#endif
