# SPDX-License-Identifier: MIT
"""custom.interlude.build under `interlude dev`: compiler, flags, libraries, and a command that makes the modules itself."""
import os
import stat
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from interlude import SOURCE, wait_until  # noqa: E402
from service import Service  # noqa: E402

CONFIG = """
    service: shop
    provider: { name: interlude }
    functions:
      mark: { handler: dist/mark.mark, events: [ { http: GET /mark } ] }
    custom: { interlude: { build: %s } }
    """

# MARK is said by the command line only, cos() is in libm.
MARK = """
    #include <interlude.h>
    #include <math.h>
    #include <string.h>
    #ifndef MARK
    #error "no mark"
    #endif
    #define TEXT_(x) #x
    #define TEXT(x) TEXT_(x)
    static il_status mark(il_request *req, il_response *res)
    {
        const char *query = il_query(req, "x");
        return il_respond(res, 200, "text/plain", il_rfmt(req, "%s %.0f", TEXT(MARK), cos(query ? strlen(query) : 0)), strlen(TEXT(MARK)) + 2);
    }
    IL_FUNCTION(mark);
    """

# Modules are built as module-flags says, by a script of the service's own.
MAKE = """#!/bin/sh
    echo building
    [ -f broken ] && echo "this is broken" && exit 3
    cc $(cat %s/sdk-headers/module-flags) -I%s/sdk-headers -DMARK=$(cat mark) -o dist/mark.so.part dist/mark.c -lm && mv dist/mark.so.part dist/mark.so
    """ % (SOURCE, SOURCE)


class BuildTest(unittest.TestCase):
    def serve(self, build, prepare=lambda server: None):
        server = Service(CONFIG % build, {"mark": MARK})
        self.addCleanup(server.stop)
        prepare(server)
        return server.start()

    def says(self, server, mark):
        return wait_until(lambda: server.call("/mark")[:2] == (200, b"%s 1" % mark.encode()), lambda: "%s; log:\n%s" % (mark, server.log()[-3000:]))

    def problem(self, server, text):
        return wait_until(lambda: [one for one in server.problems() if text in one["message"]], lambda: text + "; log:\n" + server.log()[-3000:])

    def test_flags_and_libraries(self):
        server = self.serve("{ cflags: [-DMARK=one], libs: [-lm] }")
        self.says(server, "one")
        server.write("serverless.yml", CONFIG % "{ cflags: [-DMARK=two], libs: [-lm] }")
        self.says(server, "two")
        server.write("serverless.yml", CONFIG % "{ cflags: [], libs: [-lm] }")
        self.problem(server, "no mark")
        self.says(server, "two")  # the version before it still serves
        server.write("serverless.yml", CONFIG % "{ cflags: [-DMARK=two], libs: [-lm] }")
        wait_until(lambda: not server.problems(), "no problem")

    def test_a_compiler_of_its_own(self):
        def prepare(server):
            path = os.path.join(server.directory, "my-cc")
            with open(path, "w", encoding="utf-8") as file:
                file.write('#!/bin/sh\nexec cc -DMARK=mine "$@"\n')
            os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)

        server = self.serve("{ cc: ./my-cc -g, libs: [-lm] }", prepare)
        self.says(server, "mine")
        server.write("serverless.yml", CONFIG % "{ cc: nobodys-cc, libs: [-lm] }")
        self.problem(server, "nobodys-cc is not installed")
        self.says(server, "mine")

    def test_a_command_makes_the_modules(self):
        def prepare(server):
            server.write("make.sh", MAKE)
            server.write("mark", "one")

        server = self.serve("{ command: sh make.sh }", prepare)
        self.says(server, "one")
        count = server.log().count("building")
        self.assertEqual(count, 1)
        server.write("mark", "two")
        server.write("dist/mark.c", MARK + "\n")
        self.says(server, "two")
        server.write("broken", "yes")
        server.write("dist/mark.c", MARK + "\n\n")
        self.assertIn("it exited with 3", self.problem(server, "custom.interlude.build.command failed")[0]["message"])
        self.assertIn("this is broken", server.log())
        self.says(server, "two")
        os.unlink(os.path.join(server.directory, "broken"))
        server.write("mark", "three")
        server.write("dist/mark.c", MARK)
        self.says(server, "three")
        wait_until(lambda: not server.problems(), "no problem")
        server.write("serverless.yml", CONFIG % "{ cflags: [-DMARK=four], libs: [-lm], nothing: 1 }")
        wait_until(lambda: "nothing" in server.log(), "the new settings to be read")  # or the command makes it once more
        server.write("dist/mark.c", MARK)
        self.says(server, "four")


if __name__ == "__main__":
    unittest.main()
