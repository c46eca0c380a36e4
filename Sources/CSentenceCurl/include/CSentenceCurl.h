// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// HTTP by libcurl, of which a caller takes as much at a time as it can use.
//
// On Linux URLSession stands on libcurl too, but reads as fast as the network gives, and trusts no authority beside those
// of the system. The library is looked for when it is needed; its headers are not.

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
    /// The certificate of the other side is not one to trust.
    SC_UNTRUSTED,
    /// The file of certificates cannot be read.
    SC_NO_CERTIFICATES,
    /// Anything else; `sc_message` says what.
    SC_FAILED,
} sc_outcome;

/// Connections that one exchange after another may use, all on one thread at a time.
typedef struct sc_connections sc_connections;
/// A request and its answer.
typedef struct sc_exchange sc_exchange;

/// Takes a part of an answer: a line of its head, or some of its body.
typedef void (*sc_take)(void *context, bool is_head, const char *bytes, size_t count);

/// Looks for libcurl; returns what is missing, or NULL if it can be used. Must have returned before anything else.
const char *SC_NULLABLE sc_open(void);

sc_connections *SC_NULLABLE sc_connections_create(void);
void sc_connections_destroy(sc_connections *connections);

/// Makes an exchange, which hands its answer to `take`; NULL without memory.
sc_exchange *SC_NULLABLE sc_exchange_create(
    sc_connections *connections, const char *url, sc_take take, void *context);
void sc_exchange_destroy(sc_exchange *exchange);

/// Adds a line such as "Range: bytes=7-" to the request.
void sc_add_field(sc_exchange *exchange, const char *line);
/// Trusts the authorities of a file, or of a folder, instead of the system's.
void sc_trust(sc_exchange *exchange, const char *SC_NULLABLE file, const char *SC_NULLABLE folder);
/// Begins to send the request.
void sc_begin(sc_exchange *exchange);
/// Waits a moment at most, hands what has come to `take`, and returns whether there may be more.
bool sc_continue(sc_exchange *exchange, int milliseconds);
/// How an exchange ended that does not go on.
sc_outcome sc_ending(const sc_exchange *exchange);
/// What libcurl says about it.
const char *sc_message(const sc_exchange *exchange);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
