/* SPDX-License-Identifier: MIT */
/* Says it was built for a module ABI of the far future. */
#include <interlude.h>

IL_HIDDEN const il_api *il_api_;
extern IL_EXPORT const il_module interlude_module;
const il_module interlude_module = {
    .magic = IL_MAGIC, .abi_major = 99, .abi_minor = 3, .size = sizeof(il_module), .api = &il_api_
};
