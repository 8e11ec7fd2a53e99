# SPDX-License-Identifier: MIT
"""A team's server, `interlude start`, and the people who sign in to it."""
import json
import os
import subprocess

from interlude import INTERLUDE, Browser, Server

PASSWORDS = {"ada@example.com": "correct horse battery", "bob@example.com": "staple of another kind",
             "dev@example.com": "something to compile with", "eve@example.com": "not from around here"}


class TeamServer(Server):
    """One `interlude start` with an organization; people: addresses and roles, the first of them owns it. Rivals own another
    one each."""

    command = "start"

    def __init__(self, people=(("ada@example.com", "admin"), ("bob@example.com", "member")), rivals=(), **environment):
        super().__init__(**environment)
        self.people, self.rivals = people, rivals

    def admin(self, *arguments, password=""):
        subprocess.run([INTERLUDE, *arguments, "--data", os.path.join(self.directory, ".interlude")], cwd=self.directory, check=True,
                       input=password, text=True, capture_output=True, timeout=60)

    def add_people(self):
        owner = self.people[0][0]
        self.admin("user", "add", owner, password=PASSWORDS[owner])
        self.admin("org", "add", "acme", "--owner", owner)
        for email, role in self.people[1:]:
            self.admin("user", "add", email, "--org", "acme", "--role", role, password=PASSWORDS[email])
        for email in self.rivals:
            self.admin("user", "add", email, password=PASSWORDS[email])
            self.admin("org", "add", "rival-" + email.partition("@")[0], "--owner", email)

    def start(self):
        if not self.process:
            self.add_people()
        return super().start()


class Session:
    """Somebody who has signed in, without a WebSocket."""

    def __init__(self, server, email):
        self.cookie = None
        self.server = server
        status, _, headers = self.api("POST", "/api/auth/login", {"email": email, "password": PASSWORDS[email]})
        assert status == 200, status
        self.cookie = headers["set-cookie"].partition(";")[0]

    def api(self, method, path, body=None, **more):
        headers = {"Content-Type": "application/json", **({"Cookie": self.cookie} if self.cookie else {}), **more}
        status, answer, fields = self.server.request(method, path, json.dumps(body).encode() if body is not None else None, headers)
        return status, json.loads(answer) if answer else None, {name.lower(): value for name, value in fields.items()}


class Person(Session, Browser):
    """Somebody who has signed in."""

    def __init__(self, server, email):
        Session.__init__(self, server, email)
        Browser.__init__(self, server, cookie=self.cookie)

    def create(self, slug, params=None):
        return self.call("CREATE_TRANSACTION", {"organization": "acme", "environment": "production", "slug": slug,
                                                "params": params or {}})
