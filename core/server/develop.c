/* SPDX-License-Identifier: MIT */
/* From saved sources to live routes and shown problems (develop.h). */
#include "server/develop.h"

#include "host/compile.h"
#include "host/native.h"

static struct compile *compile;

static void
on_compiled(void *arg, const char *file, const char *object, int64_t elapsed_ms, struct str warnings)
{
    (void)arg, (void)elapsed_ms, (void)warnings;
    problem_clear(native_problems(), PROBLEM_COMPILE, file);
    native_compiled(file, object);
}

static void
on_failed(void *arg, const char *file, const char *message, struct str diagnostics)
{
    (void)arg;
    problem_set(native_problems(), PROBLEM_COMPILE, file, NULL, native_is_live(file), diagnostics, message);
}

static void
on_gone(void *arg, const char *file)
{
    (void)arg;
    problem_clear(native_problems(), PROBLEM_COMPILE, file);
    native_source_gone(file);
}

bool
develop_start(const struct config *config, struct err *err)
{
    static const struct compile_events events = { .compiled = on_compiled, .failed = on_failed, .gone = on_gone };

    compile = compile_start(
        &(struct compile_spec){
            .root_dir = config->routes, .data_dir = config->data, .folder = "build", .events = &events },
        err);
    return compile != NULL;
}

void
develop_stop(void)
{
    compile_stop(compile);
}
