/* SPDX-License-Identifier: MIT */
/** Input items that ask for files. */
#ifndef INTERLUDE_FILE_H
#define INTERLUDE_FILE_H

#include "item.h"

/** One uploaded file. What it says is the browser's word, except size where the server keeps the file. Since 1.1. */
typedef struct il_file {
    const char *name;         /**< As on the person's computer, without folders. Never use it as a path. */
    const char *type;         /**< Media type by the browser, "" if it does not know: "text/csv". */
    const char *url;          /**< Where it can be fetched for a while. Wire: url. */
    const char *key;          /**< Names the stored bytes, for il_file_read. */
    uint64_t size;            /**< In bytes. */
    int64_t last_modified_ms; /**< Milliseconds since 1970-01-01 00:00 UTC. Wire: lastModified. */
} il_file;

/** Uploaded files, in the order in which they were chosen. Since 1.1. */
typedef struct il_files {
    size_t n;         /**< How many. */
    const il_file *v; /**< n files; they live until the handler returns. */
} il_files;

/** Where one file goes, see il_file_in.presign. Texts: il_fmt. Since 1.1. */
typedef struct il_file_urls {
    const char *upload;   /**< The browser sends the file there, by PUT. Wire: uploadUrl. */
    const char *download; /**< Becomes il_file.url. Wire: downloadUrl. */
} il_file_urls;

/** Options of IL_FILE and IL_FILES. Since 1.1. */
typedef struct il_file_in {
    IL_HEAD;
    /** Endings that are taken, in any case: IL_TEXTS(".csv", ".txt"). NULL: all. Wire: allowedExtensions. */
    const char *const *extensions;
    /**
     * Sends files elsewhere than to the server, to your own storage: called for each file chosen, sets both addresses.
     * May use il_fmt, il_new, il_log and il_fail, not il_ask. Not IL_OK: the person sees that it cannot be uploaded.
     * il_file_read cannot read such files; fetch .url. NULL: the server keeps files until the run is over. Wire:
     * fileUrls.
     */
    il_status (*presign)(il_ctx *ctx, const char *name, const char *type, il_file_urls *urls, void *user);
} il_file_in;

/**
 * Asks for a file: `IL_FILE(&file, "Price list", .extensions = IL_TEXTS(".csv", ".txt"))`; il_file_read has its bytes.
 * out: il_file *; all zero when an optional field was left empty. Wire: UPLOAD_FILE. Since 1.1.
 */
#define IL_FILE(out, ...) IL_INPUT_(il_file_in, IL_M_FILE, il_file, out, __VA_ARGS__)

/** Asks for one or more files. out: il_files *. Wire: UPLOAD_FILE with isMultiple. Since 1.1. */
#define IL_FILES(out, ...) IL_INPUT_(il_file_in, IL_M_FILES, il_files, out, __VA_ARGS__)

#endif
