# SPDX-License-Identifier: MIT
# Turns sql/schema/NNNN_name.sql and sql/queries/*.sql into rows of C macros (core/store/sql.c says what becomes of them):
#   MIGRATION(1, "init", "CREATE TABLE …")   one row per statement
#   QUERY(TXN_INSERT, 12, "INSERT …")         name, number of parameters, text
# Comments start with "--" (never inside a text). A statement of the schema ends with ';' at the end of a line, a query
# with the next "-- name:" line or its file. Usage: awk -f sql.awk FILES… > state.def

function fail(message) {
    print FILENAME ":" FNR ": " message > "/dev/stderr"
    failed = 1
    exit 1
}

function quoted(text) {
    gsub(/[ \t]+/, " ", text)
    gsub(/^ | $/, "", text)
    sub(/;$/, "", text)
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    return "\"" text "\""
}

function parameters(text,    max, number) {
    while (match(text, /\$[0-9]+/)) {
        number = substr(text, RSTART + 1, RLENGTH - 1) + 0
        if (number > max)
            max = number
        text = substr(text, RSTART + RLENGTH)
    }
    return max + 0
}

function flush_query() {
    if (name != "") {
        if (text !~ /[^ ]/)
            fail("query " name " is empty")
        queries = queries "QUERY(" toupper(name) ", " parameters(text) ", " quoted(text) ")\n"
    }
    name = text = ""
}

FNR == 1 {
    if (in_schema && text ~ /[^ ]/)
        fail("the file before ends inside a statement")
    flush_query()
    file = FILENAME
    sub(/.*\//, "", file)
    in_schema = file ~ /^[0-9][0-9][0-9][0-9]_[a-z_]+\.sql$/
    version = substr(file, 1, 4) + 0
    migration = substr(file, 6, length(file) - 9)
}

!in_schema && /^-- name:/ {
    flush_query()
    name = $3
    if (name !~ /^[a-z][a-z0-9_]*$/ || name in seen)
        fail("query name \"" name "\" is not a new lower-case word")
    seen[name] = 1
    next
}

{
    sub(/--.*/, "")
    if ($0 !~ /[^ \t]/)
        next
    if (!in_schema && name == "")
        fail("SQL before the first \"-- name:\" line")
    text = text " " $0
    if (in_schema && /;[ \t]*$/) {
        migrations = migrations "MIGRATION(" version ", \"" migration "\", " quoted(text) ")\n"
        text = ""
    }
}

END {
    if (failed)
        exit 1
    if (in_schema && text ~ /[^ ]/)
        fail("the file ends inside a statement")
    flush_query()
    print "/* Generated from sql/ by packaging/build/sql.awk. */"
    print "#ifdef MIGRATION\n" migrations "#endif"
    print "#ifdef QUERY\n" queries "#endif"
}
