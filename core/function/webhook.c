/* SPDX-License-Identifier: MIT */
/* Checking signatures of webhooks (webhook.h). */
#include "function/webhook.h"

#include <sodium.h>

enum { MAC_BYTES = crypto_auth_hmacsha256_BYTES, MAX_SIGNATURES = 8, DEFAULT_TOLERANCE_S = 300 };

static const struct {
    const char *signature, *timestamp;
} headers[] = {
    [WEBHOOK_GITHUB] = { "x-hub-signature-256", NULL },
    [WEBHOOK_STRIPE] = { "stripe-signature", NULL },
    [WEBHOOK_SLACK] = { "x-slack-signature", "x-slack-request-timestamp" },
    [WEBHOOK_HMAC_SHA256] = { "x-signature", NULL },
};

const char *
webhook_signature_header(const struct service_webhook *webhook)
{
    return webhook->header ? webhook->header : headers[webhook->scheme].signature;
}

const char *
webhook_timestamp_header(const struct service_webhook *webhook)
{
    return headers[webhook->scheme].timestamp;
}

struct mac {
    unsigned char bytes[MAC_BYTES];
};

/* HMAC-SHA-256 of the parts, one behind the other. */
static struct mac
mac_of(struct str secret, const struct str *parts, size_t count)
{
    crypto_auth_hmacsha256_state state;
    struct mac mac;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.p, secret.len);
    for (size_t i = 0; i < count; i++)
        crypto_auth_hmacsha256_update(&state, (const unsigned char *)parts[i].p, parts[i].len);
    crypto_auth_hmacsha256_final(&state, mac.bytes);
    sodium_memzero(&state, sizeof state);
    return mac;
}

/* Hexadecimal or base64: what a signature may be written in. */
static bool
is_same(const struct mac *mac, struct str text)
{
    struct mac given;
    size_t len = 0;

    if (text.len == 2 * MAC_BYTES && sodium_hex2bin(given.bytes, MAC_BYTES, text.p, text.len, NULL, &len, NULL) == 0 &&
        len == MAC_BYTES)
        return sodium_memcmp(given.bytes, mac->bytes, MAC_BYTES) == 0;
    if (sodium_base642bin(given.bytes, MAC_BYTES, text.p, text.len, NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL) !=
            0 ||
        len != MAC_BYTES)
        return false;
    return sodium_memcmp(given.bytes, mac->bytes, MAC_BYTES) == 0;
}

static bool
refuse_signature(struct err *err)
{
    return err_set(err, "the signature is not that of this body with this secret");
}

/* A recorded request must not be of use for ever. */
static bool
is_recent(const struct service_webhook *webhook, struct str text, int64_t now_s, struct err *err)
{
    int64_t tolerance_s = webhook->tolerance_s ? webhook->tolerance_s : DEFAULT_TOLERANCE_S, then_s = 0;

    if (text.len == 0 || text.len > 12)
        return err_set(err, "the signature has no time");
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return err_set(err, "the time of the signature is no number of seconds: \"%.*s\"", STR_ARG(text));
        then_s = then_s * 10 + (text.p[i] - '0');
    }
    if (then_s < now_s - tolerance_s || then_s > now_s + tolerance_s)
        return err_set(err, "the signature is %lld seconds away from the clock of this server, %lld are allowed",
                       (long long)(now_s - then_s), (long long)tolerance_s);
    return true;
}

/* "t=1492774577,v1=5257a8…,v1=…": one of several keys may have signed. */
struct stamped {
    struct str time, signatures[MAX_SIGNATURES];
    size_t count;
};

static void
read_stamped(struct str text, struct stamped *stamped)
{
    *stamped = (struct stamped){ 0 };
    while (text.len) {
        const char *comma = memchr(text.p, ',', text.len);
        struct str part = { text.p, comma ? (size_t)(comma - text.p) : text.len };

        text = comma ? (struct str){ comma + 1, text.len - part.len - 1 } : (struct str){ 0 };
        if (str_starts(part, STR("t=")))
            stamped->time = (struct str){ part.p + 2, part.len - 2 };
        else if (str_starts(part, STR("v1=")) && stamped->count < MAX_SIGNATURES)
            stamped->signatures[stamped->count++] = (struct str){ part.p + 3, part.len - 3 };
    }
}

static bool
verify_stamped(const struct service_webhook *webhook, struct str secret, const struct webhook_request *request,
               struct err *err)
{
    struct stamped stamped;
    struct mac mac;

    read_stamped(request->signature, &stamped);
    if (!is_recent(webhook, stamped.time, request->now_s, err))
        return false;
    mac = mac_of(secret, (const struct str[]){ stamped.time, STR("."), request->body }, 3);
    for (size_t i = 0; i < stamped.count; i++)
        if (is_same(&mac, stamped.signatures[i]))
            return true;
    return refuse_signature(err);
}

static bool
verify_slack(const struct service_webhook *webhook, struct str secret, const struct webhook_request *request,
             struct err *err)
{
    struct str signature = request->signature;
    struct mac mac;

    if (!is_recent(webhook, request->timestamp, request->now_s, err))
        return false;
    mac = mac_of(secret, (const struct str[]){ STR("v0:"), request->timestamp, STR(":"), request->body }, 4);
    if (!str_starts(signature, STR("v0=")) || !is_same(&mac, (struct str){ signature.p + 3, signature.len - 3 }))
        return refuse_signature(err);
    return true;
}

/* The body alone; "sha256=" may stand in front, and for GitHub must. */
static bool
verify_plain(const struct service_webhook *webhook, struct str secret, const struct webhook_request *request,
             struct err *err)
{
    static const struct str prefix = { "sha256=", 7 };
    struct str signature = request->signature;
    struct mac mac = mac_of(secret, &request->body, 1);

    if (str_starts(signature, prefix))
        signature = (struct str){ signature.p + prefix.len, signature.len - prefix.len };
    else if (webhook->scheme == WEBHOOK_GITHUB)
        return err_set(err, "the signature does not begin with sha256=");
    return is_same(&mac, signature) || refuse_signature(err);
}

bool
webhook_verify(const struct service_webhook *webhook, struct str secret, const struct webhook_request *request,
               struct err *err)
{
    if (secret.len == 0)
        return err_set(err, "the webhook has no secret to check signatures with");
    if (!request->signature.p)
        return err_set(err, "the request has no header %s", webhook_signature_header(webhook));
    switch (webhook->scheme) {
    case WEBHOOK_STRIPE:
        return verify_stamped(webhook, secret, request, err);
    case WEBHOOK_SLACK:
        return verify_slack(webhook, secret, request, err);
    case WEBHOOK_GITHUB:
    case WEBHOOK_HMAC_SHA256:
        return verify_plain(webhook, secret, request, err);
    case WEBHOOK_NONE:
    default:
        return true;
    }
}
