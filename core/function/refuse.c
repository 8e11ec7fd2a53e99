/* SPDX-License-Identifier: MIT */
/* The table of functions.md 1.8 (refuse.h). Blanks inside the texts are as AWS has them. */
#include "function/refuse.h"

struct row {
    struct refusal_text v1, v2;
};

#define TEXT(status_, body_, type_)                                                                                    \
    {                                                                                                                  \
        .status = (status_), .body = { (body_), sizeof(body_) - 1 }, .error_type = {(type_), sizeof(type_) - 1 }       \
    }
#define SAME(status, body, type)                                                                                       \
    {                                                                                                                  \
        TEXT(status, body, type), TEXT(status, body, type)                                                             \
    }

#define UNAVAILABLE "{\"message\":\"Service Unavailable\"}"
#define TOO_MANY "{\"message\":\"Too Many Requests\"}"

static const struct row rows[] = {
    [REFUSE_NOT_FOUND] = SAME(404, "{\"message\":\"Not Found\"}", "NotFoundException"),
    [REFUSE_NOT_FOUND_AS_AWS] =
        SAME(403, "{\"message\":\"Missing Authentication Token\"}", "MissingAuthenticationTokenException"),
    [REFUSE_METHOD] = SAME(405, "{\"message\":\"Method Not Allowed\"}", ""),
    [REFUSE_KEY] = SAME(403, "{\"message\":\"Forbidden\"}", "ForbiddenException"),
    [REFUSE_RATE] = SAME(429, TOO_MANY, "TooManyRequestsException"),
    [REFUSE_QUOTA] = SAME(429, "{\"message\":\"Limit Exceeded\"}", "LimitExceededException"),
    [REFUSE_UNAUTHORIZED] = SAME(401, "{\"message\":\"Unauthorized\"}", "UnauthorizedException"),
    [REFUSE_DENIED] = { TEXT(403, "{\"Message\":\"User is not authorized to access this resource\"}",
                             "AccessDeniedException"),
                        TEXT(403, "{\"message\":\"Forbidden\"}", "") },
    [REFUSE_AUTHORIZER] = { TEXT(500, "{\"message\": \"Internal server error\"}", "AuthorizerConfigurationException"),
                            TEXT(500, "{\"message\":\"Internal Server Error\"}", "") },
    [REFUSE_TOO_LARGE] = { TEXT(413, "{\"message\":\"Request Too Long\"}", "RequestTooLargeException"),
                           TEXT(413, "{\"message\":\"Request Entity Too Large\"}", "") },
    [REFUSE_FAILED] = { TEXT(502, "{\"message\": \"Internal server error\"}", "InternalServerErrorException"),
                        TEXT(500, "{\"message\":\"Internal Server Error\"}", "") },
    [REFUSE_TIMEOUT] = { TEXT(504, "{\"message\": \"Endpoint request timed out\"}", "InternalServerErrorException"),
                         TEXT(503, UNAVAILABLE, "") },
    [REFUSE_CONCURRENCY] = { TEXT(429, TOO_MANY, "TooManyRequestsException"), TEXT(503, UNAVAILABLE, "") },
    [REFUSE_UNAVAILABLE] = SAME(503, UNAVAILABLE, ""),
};

struct refusal_text
refusal_text(enum refusal refusal, bool answers_as_v2)
{
    return answers_as_v2 ? rows[refusal].v2 : rows[refusal].v1;
}
