/* SPDX-License-Identifier: MIT */
/*
 * SDK hosts on /websocket: processes with @interval/sdk, interval-py or our own uplink, which register routes and run
 * them (host-protocol.md). host.c is their connections, host_instance.c the hosts behind them, host_init.c what they
 * declare, host_calls.c what they say, host_ops.c what they are told. Control thread, except host_login_copy.
 */
#ifndef RPC_HOST_H
#define RPC_HOST_H

#include "base/arena.h"
#include "host/host.h"
#include "host/registry.h"
#include "rpc/peer.h"

/* Whose key it came with, and which process it is. */
struct host_login {
    const char *instance_id; /* a UUID */
    const char *organization, *organization_id, *organization_name;
    const char *environment, *environment_id;
    const char *developer; /* user id of a development key's owner; NULL: a live key */
    const char *email;     /* the key's owner, for the log */
    const char *key_hash;  /* as rows have it: the key is looked at again now and then */
};

struct host_login host_login_copy(struct arena *texts, const struct host_login *login);

typedef void host_adopted(struct host_run *run, void *arg);

struct store;

struct hosts_spec {
    struct store *store;
    const char *app_url;
    unsigned rate_limit; /* messages per second; what is more is read later; 0: none */
    /* To be kept: what a host has registered. */
    void (*published)(const struct scope *scope, const struct route *routes, size_t count);
    /*
     * A run that no living transaction belongs to is spoken of by this instance, perhaps because the server was started
     * again: `done` gets its host_run, or NULL. NULL: nobody knows about former runs.
     */
    void (*adopt)(struct scope *scope, const char *instance_id, struct uuid id, host_adopted *done, void *arg);
};

void hosts_init(const struct hosts_spec *spec);

/* A host whose key is good. Texts are copied; takes over a reference to the socket. */
struct peer *host_connected(struct ws *ws, const struct host_login *login);

/* Before the server goes: what hosts wait for is answered, then all are closed with 1012, then `done` is called. */
void hosts_stop(void (*done)(void *arg), void *arg);

#endif
