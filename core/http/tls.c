/* SPDX-License-Identifier: MIT */
/* TLS from certificate and key files: TLS 1.2 and newer, HTTP/1.1 only (no "h2" in ALPN). */
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "http/internal.h"

static SSL_CTX *
fail(SSL_CTX *tls, struct err *err, const char *what, const char *file)
{
    char reason[256];

    ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
    ERR_clear_error();
    err_set(err, "cannot use the %s %s: %s", what, file, reason);
    SSL_CTX_free(tls);
    return NULL;
}

SSL_CTX *
tls_new(const char *certificate_file, const char *key_file, struct err *err)
{
    static const h2o_iovec_t protocols[] = { { (char *)"http/1.1", 8 }, { NULL, 0 } };
    SSL_CTX *tls;

    if (!certificate_file || !key_file) {
        err_set(err, "TLS needs both a certificate file and a key file; only one is set");
        return NULL;
    }
    tls = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_options(tls, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_id_context(tls, (const unsigned char *)"interlude", 9);
    if (SSL_CTX_use_certificate_chain_file(tls, certificate_file) != 1)
        return fail(tls, err, "certificate file", certificate_file);
    if (SSL_CTX_use_PrivateKey_file(tls, key_file, SSL_FILETYPE_PEM) != 1)
        return fail(tls, err, "key file", key_file);
    if (SSL_CTX_check_private_key(tls) != 1)
        return fail(tls, err, "key for this certificate:", key_file);
    h2o_ssl_register_alpn_protocols(tls, protocols);
    return tls;
}
