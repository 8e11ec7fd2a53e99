/* SPDX-License-Identifier: MIT */
/*
 * Uploaded files: the addresses that an author's callback gives for them (io-methods.md 12), and reading what the
 * server has stored. What the browser answers: answer_file.c.
 */
#ifndef RUNTIME_UPLOAD_H
#define RUNTIME_UPLOAD_H

#include "base/arena.h"
#include "interlude/api.h"
#include "json/read.h"
#include "runtime/rich.h"

struct run_io;

/* Of one UPLOAD_FILE whose files do not go to the server. */
struct upload {
    struct arena *arena; /* the call's */
    const il_file_in *item;
    struct str urls; /* rendered: the value of fileUrls; empty: nothing was picked yet */
};

/* *upload is NULL if the server takes the files. false: no memory. */
bool upload_new(struct arena *arena, const il_item *item, struct upload **upload) MUST_CHECK;

/* The browser has picked files: asks for their addresses. */
il_status upload_set_state(struct upload *upload, struct run_io *io, struct json state);
void upload_put_props(const struct upload *upload, struct rich *rich);

/*
 * Has the server stored all of these? Sets their true sizes. The first one that it has not; NULL: it has, or keeps no
 * files here.
 */
const il_file *upload_measure(struct run_io *io, il_file *files, size_t count);
/* Why it has not, to stand behind "select it again": whoever should have stored it may have left a word. */
const char *upload_reason(struct run_io *io, const il_file *file, char *text, size_t size);

/* Members of the function table. */
il_status file_read(il_ctx *ctx, const il_file *file, il_str *bytes);
int file_open(il_ctx *ctx, const il_file *file);

#endif
