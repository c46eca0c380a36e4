// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// HTTP by libcurl; a response arrives no faster than the caller consumes it.
//
// On Linux URLSession is based on libcurl too, but reads as fast as the network allows, and trusts only the system's
// certificate authorities. The library is loaded when it is needed; its headers are not required.

#ifndef CSENTENCECURL_H
#define CSENTENCECURL_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#define SC_NULLABLE _Nullable
#else
#define SC_NULLABLE
#endif

/// How an exchange ended.
typedef enum sc_outcome {
    SC_DONE,
    SC_UNKNOWN_HOST,
    SC_NO_CONNECTION,
    SC_BROKEN,
    /// The server's certificate is not trusted.
    SC_UNTRUSTED,
    /// The certificate file cannot be read.
    SC_NO_CERTIFICATES,
    /// Any other failure; `sc_message` describes it.
    SC_FAILED,
} sc_outcome;

/// Connections that several exchanges can use one after another, but only one thread at a time.
typedef struct sc_connections sc_connections;
/// A request and its response.
typedef struct sc_exchange sc_exchange;

/// Receives a part of a response: a line of its head, or some of its body.
typedef void (*sc_take)(void *context, bool is_head, const char *bytes, size_t count);

/// Loads libcurl; returns what is missing, or NULL if it can be used. Must return before any other call.
const char *SC_NULLABLE sc_open(void);

sc_connections *SC_NULLABLE sc_connections_create(void);
void sc_connections_destroy(sc_connections *connections);

/// Creates an exchange, which passes its response to `take`; NULL if memory runs out.
sc_exchange *SC_NULLABLE sc_exchange_create(
    sc_connections *connections, const char *url, sc_take take, void *context);
void sc_exchange_destroy(sc_exchange *exchange);

/// Adds a line such as "Range: bytes=7-" to the request.
void sc_add_field(sc_exchange *exchange, const char *line);
/// Trusts the authorities in a file or folder instead of the system's.
void sc_trust(sc_exchange *exchange, const char *SC_NULLABLE file, const char *SC_NULLABLE folder);
/// Starts to send the request.
void sc_begin(sc_exchange *exchange);
/// Waits briefly, passes what has arrived to `take`, and returns whether there may be more.
bool sc_continue(sc_exchange *exchange, int milliseconds);
/// How a finished exchange ended.
sc_outcome sc_ending(const sc_exchange *exchange);
/// libcurl's description of the outcome.
const char *sc_message(const sc_exchange *exchange);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
