/* SPDX-License-Identifier: MIT */
/* Doubles as JSON numbers (number.h). */
#include "json/number.h"

#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void
make_c_locale(void)
{
    c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
}

static locale_t
enter_c_locale(void)
{
    pthread_once(&c_locale_once, make_c_locale);
    return uselocale(c_locale);
}

double
number_parse(struct str text)
{
    char small[64], *copy = text.len < sizeof small ? small : mem_alloc(text.len + 1);
    locale_t old = enter_c_locale();
    double value;

    memcpy(copy, text.p, text.len);
    copy[text.len] = '\0';
    value = strtod(copy, NULL);
    uselocale(old);
    if (copy != small)
        free(copy);
    return value;
}

size_t
number_format(double value, char text[NUMBER_TEXT_MAX])
{
    const double exact = 9007199254740992.0; /* 2^53: every integer up to here is a double */
    locale_t old;
    int len = 0;

    if (value > -exact && value < exact && value == (double)(int64_t)value)
        return (size_t)snprintf(text, NUMBER_TEXT_MAX, "%lld", (long long)value);
    old = enter_c_locale();
    for (int precision = 15; precision <= 17; precision++) {
        len = snprintf(text, NUMBER_TEXT_MAX, "%.*g", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    uselocale(old);
    return (size_t)len;
}
