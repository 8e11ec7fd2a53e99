/* SPDX-License-Identifier: MIT */
/* Admission (admit.h). */
#include "function/admit.h"

#include "function/call.h"

enum admission
admit(struct function_call *call)
{
    if (!call->endpoint->is_private)
        return ADMIT_YES;
    function_refuse(call, REFUSE_KEY);
    return ADMIT_ANSWERED;
}

void
admit_forget(struct function_call *call)
{
    (void)call;
}
