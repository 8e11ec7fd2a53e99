/* SPDX-License-Identifier: MIT */
/*
 * Options of AddressSanitizer in a runner that is built with it: its environment is cleaned, so they cannot come from
 * there. A leak check needs ptrace, which the sandbox refuses; signals must end the process as they would without the
 * sanitizer, because the server tells them.
 */
__attribute__((visibility("default"))) const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
    return "detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0:abort_on_error="
           "1";
}
