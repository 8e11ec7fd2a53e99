# SPDX-License-Identifier: MIT
"""A service under `interlude dev`: a serverless.yml and the C sources of its functions, beside routes/."""
import os
import textwrap

from interlude import Server, lower, wait_until

# Answers with its event.
ECHO = """
    #include <interlude.h>
    static il_status echo(il_request *req, il_response *res)
    {
        il_str event = il_event_json(req);
        return il_respond(res, 200, "application/json", event.p, event.len);
    }
    IL_FUNCTION(echo, .method = "ANY");
    """


class Service(Server):
    """shop (dev): sources are {name: text} of dist/NAME.c."""

    def __init__(self, config, sources, **environment):
        super().__init__(**environment)
        os.mkdir(os.path.join(self.directory, "dist"))
        for name, text in sources.items():
            self.write("dist/%s.c" % name, text)
        self.write("serverless.yml", config)

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path + ".part", "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text).lstrip())
        os.rename(path + ".part", path)

    def start(self):
        before = self.log().count("is live") if os.path.exists(self.log_path) else 0
        super().start()
        wait_until(lambda: self.log().count("(dev) is live") > before, lambda: "the service to be live; log:\n" + self.log())
        return self

    def call(self, path, method="GET", body=None, **headers):
        """Status, body and headers of an address of the service; header names are given with '_' for '-'."""
        status, answer, got = self.request(method, path if path.startswith(("/fn", "/function", "/async")) else
                                           "/fn/shop/dev" + path, body,
                                           {name.replace("_", "-"): value for name, value in headers.items()})
        return status, answer, lower(got)
