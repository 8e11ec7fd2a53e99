/* SPDX-License-Identifier: MIT */
/* Answers that are sent as gzip (provider.apiGateway.minimumCompressionSize). Http threads. */
#ifndef FUNCTION_COMPRESS_H
#define FUNCTION_COMPRESS_H

#include "http/call.h"

/* Is it large enough, does the client take it so, and has the function not chosen a coding itself? from < 0: never. */
bool compress_wants(int64_t from, const struct http_request *request, const struct http_response *response);

/* Answers as gzip, or as it is where that would not be smaller. Large bodies are compressed on an api thread. */
void compress_respond(struct http_call *call, const struct http_response *response);

#endif
