#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes cron_table.tsv: what cron expressions mean over five years, found day by day with Python's calendar.

usage: tests/unit/function/cron_table.py > tests/unit/function/cron_table.tsv

One line: expression, zone, number of runs from 2024-01-01 to 2028-12-31 (UTC), the sum of their minutes since 1970, and
the first three. The rules are those of functions.md 6.1, written a second time and in another way than core/function/cron.c.
"""
import calendar
import datetime
import zoneinfo

UTC = datetime.timezone.utc
BEGIN, END = datetime.datetime(2024, 1, 1, tzinfo=UTC), datetime.datetime(2029, 1, 1, tzinfo=UTC)
MONTHS = {name.upper(): i for i, name in enumerate(calendar.month_abbr) if name}
DAYS = {name: i + 1 for i, name in enumerate("SUN MON TUE WED THU FRI SAT".split())}


def number(text, names):
    return names[text.upper()] if text.upper() in names else int(text)


def values(text, low, high, names={}):
    found = set()
    for part in text.split(","):
        part, _, step = part.partition("/")
        if part == "*":
            first, last = low, high
        elif "-" in part:
            first, last = (number(p, names) for p in part.split("-"))
        else:
            first = number(part, names)
            last = high if step else first
        found.update(range(first, last + 1, int(step or 1)))
    return found


def weekday(day):
    """1 is Sunday."""
    return day.isoweekday() % 7 + 1


def is_weekend(day):
    return day.isoweekday() > 5


def nearest(year, month, n):
    length = calendar.monthrange(year, month)[1]
    if n > length:
        return None
    for away in (0, -1, 1, -2, 2):
        if 1 <= n + away <= length and not is_weekend(datetime.date(year, month, n + away)):
            return n + away


def is_month_day(text, day):
    length = calendar.monthrange(day.year, day.month)[1]
    for part in text.split(","):
        if part == "L":
            hit = day.day == length
        elif part == "LW":
            hit = day.day == max(d for d in range(length - 3, length + 1) if not is_weekend(day.replace(day=d)))
        elif part.endswith("W"):
            hit = day.day == nearest(day.year, day.month, int(part[:-1]))
        else:
            hit = day.day in values(part, 1, 31)
        if hit:
            return True
    return False


def is_week_day(text, day):
    for part in text.split(","):
        if part == "L":
            hit = weekday(day) == 7
        elif part.endswith("L") and part[:-1].upper() not in ("",):
            hit = weekday(day) == number(part[:-1], DAYS) and (day + datetime.timedelta(7)).month != day.month
        elif "#" in part:
            name, k = part.split("#")
            hit = weekday(day) == number(name, DAYS) and (day.day + 6) // 7 == int(k)
        else:
            hit = weekday(day) in values(part, 1, 7, DAYS)
        if hit:
            return True
    return False


def is_day(fields, day):
    if len(fields) == 5:
        month_hit = day.day in values(fields[2], 1, 31)
        week_hit = weekday(day) in {d % 7 + 1 for d in values(fields[4], 0, 7, {k: v - 1 for k, v in DAYS.items()})}
        either = not fields[2].startswith("*") and not fields[4].startswith("*")
        return (month_hit or week_hit) if either else (month_hit and week_hit)
    if day.year not in values(fields[5], 1970, 2199):
        return False
    return is_month_day(fields[2], day) if fields[4] == "?" else is_week_day(fields[4], day)


def instant(local, zone):
    """The first time clocks show it, or the first minute after the gap that skips it."""
    while True:
        there = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if there.astimezone(zone).replace(tzinfo=None) == local:
            return there
        local += datetime.timedelta(minutes=1)


def runs(expression, zone_name):
    fields = expression.split()
    zone = zoneinfo.ZoneInfo(zone_name)
    minutes, hours = sorted(values(fields[0], 0, 59)), sorted(values(fields[1], 0, 23))
    months = values(fields[3], 1, 12, MONTHS)
    found = set()
    day = datetime.date(2023, 12, 31)
    while day <= datetime.date(2029, 1, 1):
        if day.month in months and is_day(fields, day):
            for hour in hours:
                for minute in minutes:
                    local = datetime.datetime(day.year, day.month, day.day, hour, minute)
                    at = local.replace(tzinfo=UTC) if zone_name == "UTC" else instant(local, zone)
                    if BEGIN <= at < END:
                        found.add(at)
        day += datetime.timedelta(1)
    return sorted(int(at.timestamp()) // 60 for at in found)


TIMES = ["0 0", "15 3", "0 12", "30 23", "59 23", "5,35 6", "0/20 9-17", "*/15 8", "0 0/6", "10-20/5 1,13"]
DATES = ["* * ? *", "? * MON-FRI *", "1 * ? *", "L * ? *", "LW * ? *", "15W * ? *", "1W * ? *", "31W * ? *", "29 2 ? *", "30W * ? *",
         "? * 2#1 *", "? * FRI#5 *", "? * 6L *", "? * L *", "? * SUN,WED *", "? JAN,JUL 2-6 *", "1,15 3-9/2 ? *", "31 * ? 2024-2026",
         "? * 1#2 2027", "10-20/3 DEC ? 2024/2"]
DENSE = ["* * 1 1 ? *", "*/5 * * * ? 2025", "0 * * * ? *", "0 0 29 FEB ? *", "30 2 * * ? *", "0 0 1 1 ? 2024-2199"]
ZONED = ["30 2 * * ? *", "0 3 * * ? *", "0 2 * * ? *", "30 1 * * ? *", "0 0 * * ? *", "0 * ? * SUN *", "*/30 0-4 * 3,10,11 ? *", "15 2 ? * 1L *"]
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
UNIX = ["* 5 * * *", "*/10 9-17 * * 1-5", "0 0 13 * 5", "0 0 */2 * 1", "5 4 * * sun", "0 22 * * 1-5", "23 0-20/2 * * *", "0 0 1,15 * 3", "0 0 * * 7", "0 0 31 2,4,6 *"]

cases = [("%s %s" % (time, date), "UTC") for time in TIMES for date in DATES]
cases = cases[:160] + [(expression, "UTC") for expression in DENSE + UNIX] + [(e, z) for e in ZONED for z in ZONES]
for expression, zone in cases:
    minutes = runs(expression, zone)
    print("\t".join([expression, zone, str(len(minutes)), str(sum(minutes))] + [str(m) for m in minutes[:3]]))
