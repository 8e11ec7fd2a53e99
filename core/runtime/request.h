/* SPDX-License-Identifier: MIT */
/*
 * What il_method and its like do: the members of the function table (interlude/api.h) for HTTP functions. Written by the process half
 * (request.c), put into the table by the IO half (api.c). Meaning, ownership and errors: interlude/function.h.
 */
#ifndef RUNTIME_REQUEST_H
#define RUNTIME_REQUEST_H

#include "interlude/api.h"

const char *request_method(il_request *req);
const char *request_path(il_request *req);
const char *request_path_param(il_request *req, const char *name);
const char *request_query(il_request *req, const char *name);
const char *request_header(il_request *req, const char *name);
il_str request_body(il_request *req);
char *request_format(il_request *req, const char *format, ...) IL_PRINTF(2, 3);
il_status request_respond_header(il_response *res, const char *name, const char *value);
il_status request_respond(il_response *res, int status, const char *type, const void *body, size_t len);

#endif
