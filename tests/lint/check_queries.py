# SPDX-License-Identifier: MIT
"""Every statement of sql/ must be accepted by SQLite and by Postgres, and a query must say what its row count means.

Postgres is a temporary cluster, reached over a socket in its own folder; without an installed Postgres that half is left out.
"""
import glob
import os
import pwd
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SETS = [os.path.join(ROOT, "sql"), os.path.join(ROOT, "sql", "queue")]


def rows(folder):
    """The migrations and queries of one set, as the build sees them."""
    files = sorted(glob.glob(f"{folder}/schema/*.sql")) + sorted(glob.glob(f"{folder}/queries/*.sql"))
    text = subprocess.run(
        ["awk", "-f", f"{ROOT}/packaging/build/sql.awk", *files], check=True, capture_output=True, text=True
    ).stdout

    def unquoted(literal):
        return re.sub(r"\\(.)", r"\1", literal)

    migrations = [unquoted(sql) for sql in re.findall(r'^MIGRATION\(\d+, "\w+", "(.*)"\)$', text, re.M)]
    queries = [
        (name.lower(), int(count), unquoted(sql))
        for name, count, sql in re.findall(r'^QUERY\((\w+), (\d+), "(.*)"\)$', text, re.M)
    ]
    return migrations, queries


def check_sqlite(migrations, queries):
    database = sqlite3.connect(":memory:")
    for sql in migrations:
        database.execute(sql)
    for name, count, sql in queries:
        try:
            database.execute("EXPLAIN " + sql, {str(i + 1): None for i in range(count)})
        except sqlite3.Error as error:
            yield f"{name}: SQLite: {error}"


def check_comments(folder):
    """A statement that changes something is followed by a comment about its row count."""
    for path in glob.glob(f"{folder}/queries/*.sql"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name, body in re.findall(r"^-- name: (\w+)\n(.*?)(?=^-- name:|\Z)", text, re.M | re.S):
            if re.search(r"^(INSERT|UPDATE|DELETE)", body, re.M) and not body.startswith("-- "):
                yield f"{name}: no comment says what its row count means"


class Cluster:
    """A throw-away Postgres. Its programs refuse to run as root, so root hands over to another user."""

    def __init__(self, programs):
        self.programs = programs
        self.folder = tempfile.mkdtemp(prefix="interlude-pg-")
        self.user = None
        if os.geteuid() == 0:
            known = {entry.pw_name for entry in pwd.getpwall()}
            self.user = "postgres" if "postgres" in known else "nobody"
            shutil.chown(self.folder, self.user)

    def run(self, program, *arguments, **options):
        return subprocess.run(
            [os.path.join(self.programs, program), *arguments],
            user=self.user, cwd=self.folder, capture_output=True, text=True, **options
        )

    def __enter__(self):
        data = f"{self.folder}/data"
        self.run("initdb", "-D", data, "-U", "interlude", "-A", "trust", "--no-sync", check=True)
        self.run("pg_ctl", "-D", data, "-w", "-l", f"{self.folder}/log", "start",
                 "-o", f"-k {self.folder} -c listen_addresses='' -c fsync=off", check=True)
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def execute(self, sql):
        return self.run("psql", "-h", self.folder, "-U", "interlude", "-d", "postgres", "-X", "-q", "-f", "-", input=sql)


def check_postgres(programs, migrations, queries):
    script = [sql + ";" for sql in migrations]
    script += [f"PREPARE {name} AS {sql};" for name, _, sql in queries]
    with Cluster(programs) as cluster:
        result = cluster.execute("\n".join(script) + "\n")
    lines = len(result.stderr.splitlines())
    for match in re.finditer(r"^psql:<stdin>:(\d+): ERROR:\s*(.*)$", result.stderr, re.M):
        yield f"{script[int(match[1]) - 1][:60]}: Postgres: {match[2]}"
    if lines and "ERROR" not in result.stderr:
        print(result.stderr)


def postgres_programs():
    """The folder of initdb and friends, or None."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) + [shutil.which("initdb") or ""]
    found = [os.path.dirname(os.path.realpath(path)) for path in found if path]
    return found[0] if found and shutil.which("psql") else None


def main():
    problems = []
    programs = postgres_programs()
    for folder in filter(os.path.isdir, SETS):
        migrations, queries = rows(folder)
        problems += check_sqlite(migrations, queries)
        problems += check_comments(folder)
        if programs:
            problems += check_postgres(programs, migrations, queries)
        where = "SQLite and Postgres" if programs else "SQLite (no Postgres installed)"
        print(f"{os.path.relpath(folder, ROOT)}: {len(queries)} queries prepared on {where}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
