/* SPDX-License-Identifier: MIT */
/* /api/v1/keys: API keys of the organization. */
#include "api/api.h"

const struct api_row api_key_rows[] = {
    { 0, NULL, API_WORKER, API_PUBLIC, NULL },
};
