// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include "CSentenceCurl.h"

#if defined(__linux__)

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

// From curl/curl.h, whose numbers never change.
enum {
    OPTION_BODY_CONTEXT = 10001, OPTION_URL = 10002, OPTION_MESSAGE = 10010, OPTION_FIELDS = 10023,
    OPTION_HEAD_CONTEXT = 10029, OPTION_AUTHORITIES_FILE = 10065, OPTION_AUTHORITIES_FOLDER = 10097,
    OPTION_TAKE_BODY = 20011, OPTION_TAKE_HEAD = 20079, OPTION_NO_SIGNAL = 99, OPTION_PROTOCOLS = 181,
    OPTION_NO_HEAD_OF_PROXY = 265,
};
enum { PROTOCOLS_HTTP_AND_HTTPS = 3, GLOBAL_ALL = 3, MESSAGE_SIZE = 256, EXCHANGE_IS_OVER = 1 };
enum {
    CODE_NOT_SENT = 2, CODE_UNKNOWN_PROXY = 5, CODE_UNKNOWN_HOST = 6, CODE_NO_CONNECTION = 7, CODE_PARTIAL = 18, CODE_TIMEOUT = 28,
    CODE_UNTRUSTED_OLD = 51, CODE_NOTHING = 52, CODE_SEND = 55, CODE_RECEIVE = 56, CODE_UNTRUSTED = 60,
    CODE_NO_CERTIFICATES = 77, CODE_HTTP2_STREAM = 92,
};

typedef struct {
    int kind;
    void *easy;
    union {
        void *pointer;
        int code;
    } content;
} message;

static struct {
    int (*global_init)(long);
    void *(*easy_init)(void);
    int (*easy_setopt)(void *, int, ...);
    void (*easy_cleanup)(void *);
    const char *(*easy_strerror)(int);
    void *(*slist_append)(void *, const char *);
    void (*slist_free_all)(void *);
    void *(*multi_init)(void);
    int (*multi_cleanup)(void *);
    int (*multi_add_handle)(void *, void *);
    int (*multi_remove_handle)(void *, void *);
    int (*multi_perform)(void *, int *);
    int (*multi_poll)(void *, void *, unsigned, int, int *);
    message *(*multi_info_read)(void *, int *);
} curl;

// Writing to a connection that the peer has closed raises SIGPIPE in this thread; no one else should see it.
typedef struct {
    sigset_t before;
    bool was_pending;
} silence;

static silence silence_begin(void) {
    silence silence;
    sigset_t pipe, pending;
    sigpending(&pending);
    silence.was_pending = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &silence.before);
    return silence;
}

static void silence_end(const silence *silence) {
    if (!silence->was_pending) {
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        const struct timespec no_time = {0, 0};
        while (sigtimedwait(&pipe, NULL, &no_time) > 0) {}
    }
    pthread_sigmask(SIG_SETMASK, &silence->before, NULL);
}

struct sc_exchange {
    void *multi;
    void *easy;
    void *fields;
    sc_take take;
    void *context;
    int code;
    char message[MESSAGE_SIZE];
};

const char *sc_open(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) return "libcurl.so.4";
#define FIND(function) \
    if (!(*(void **)&curl.function = dlsym(library, "curl_" #function))) return "curl_" #function " (libcurl 7.66)";
    FIND(global_init)
    FIND(easy_init)
    FIND(easy_setopt)
    FIND(easy_cleanup)
    FIND(easy_strerror)
    FIND(slist_append)
    FIND(slist_free_all)
    FIND(multi_init)
    FIND(multi_cleanup)
    FIND(multi_add_handle)
    FIND(multi_remove_handle)
    FIND(multi_perform)
    FIND(multi_poll)
    FIND(multi_info_read)
#undef FIND
    return curl.global_init(GLOBAL_ALL) == 0 ? NULL : "a libcurl that starts";
}

sc_connections *sc_connections_create(void) { return curl.multi_init(); }

void sc_connections_destroy(sc_connections *connections) {
    const silence silence = silence_begin();
    curl.multi_cleanup(connections);
    silence_end(&silence);
}

static size_t take_head(char *bytes, size_t size, size_t count, void *context) {
    sc_exchange *exchange = context;
    exchange->take(exchange->context, true, bytes, size * count);
    return size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    sc_exchange *exchange = context;
    exchange->take(exchange->context, false, bytes, size * count);
    return size * count;
}

sc_exchange *sc_exchange_create(sc_connections *connections, const char *url, sc_take take, void *context) {
    sc_exchange *exchange = calloc(1, sizeof *exchange);
    void *easy = exchange ? curl.easy_init() : NULL;
    if (!easy) {
        free(exchange);
        return NULL;
    }
    *exchange = (sc_exchange){
        .multi = connections, .easy = easy, .take = take, .context = context, .code = CODE_NOT_SENT};
    curl.easy_setopt(easy, OPTION_URL, url);
    curl.easy_setopt(easy, OPTION_TAKE_HEAD, take_head);
    curl.easy_setopt(easy, OPTION_HEAD_CONTEXT, exchange);
    curl.easy_setopt(easy, OPTION_TAKE_BODY, take_body);
    curl.easy_setopt(easy, OPTION_BODY_CONTEXT, exchange);
    curl.easy_setopt(easy, OPTION_MESSAGE, exchange->message);
    curl.easy_setopt(easy, OPTION_NO_SIGNAL, 1L);
    curl.easy_setopt(easy, OPTION_NO_HEAD_OF_PROXY, 1L);
    curl.easy_setopt(easy, OPTION_PROTOCOLS, (long)PROTOCOLS_HTTP_AND_HTTPS);
    return exchange;
}

void sc_exchange_destroy(sc_exchange *exchange) {
    const silence silence = silence_begin();
    curl.multi_remove_handle(exchange->multi, exchange->easy);
    curl.easy_cleanup(exchange->easy);
    silence_end(&silence);
    curl.slist_free_all(exchange->fields);
    free(exchange);
}

void sc_add_field(sc_exchange *exchange, const char *line) {
    void *fields = curl.slist_append(exchange->fields, line);
    if (fields) exchange->fields = fields;
}

void sc_trust(sc_exchange *exchange, const char *file, const char *folder) {
    curl.easy_setopt(exchange->easy, OPTION_AUTHORITIES_FILE, file);
    curl.easy_setopt(exchange->easy, OPTION_AUTHORITIES_FOLDER, folder);
}

void sc_begin(sc_exchange *exchange) {
    curl.easy_setopt(exchange->easy, OPTION_FIELDS, exchange->fields);
    curl.multi_add_handle(exchange->multi, exchange->easy);
}

bool sc_continue(sc_exchange *exchange, int milliseconds) {
    int running = 0;
    if (curl.multi_poll(exchange->multi, NULL, 0, milliseconds, NULL) != 0) return false;
    const silence silence = silence_begin();
    const int status = curl.multi_perform(exchange->multi, &running);
    silence_end(&silence);
    if (status != 0) return false;
    if (running > 0) return true;
    int left;
    for (message *next; (next = curl.multi_info_read(exchange->multi, &left));) {
        if (next->kind == EXCHANGE_IS_OVER && next->easy == exchange->easy) exchange->code = next->content.code;
    }
    return false;
}

sc_outcome sc_ending(const sc_exchange *exchange) {
    switch (exchange->code) {
    case 0: return SC_DONE;
    case CODE_UNKNOWN_PROXY:
    case CODE_UNKNOWN_HOST: return SC_UNKNOWN_HOST;
    case CODE_NO_CONNECTION:
    case CODE_TIMEOUT: return SC_NO_CONNECTION;
    case CODE_PARTIAL:
    case CODE_NOTHING:
    case CODE_SEND:
    case CODE_RECEIVE:
    case CODE_HTTP2_STREAM: return SC_BROKEN;
    case CODE_UNTRUSTED_OLD:
    case CODE_UNTRUSTED: return SC_UNTRUSTED;
    case CODE_NO_CERTIFICATES: return SC_NO_CERTIFICATES;
    default: return SC_FAILED;
    }
}

const char *sc_message(const sc_exchange *exchange) {
    return exchange->message[0] ? exchange->message : curl.easy_strerror(exchange->code);
}

#else
// ISO C does not allow an empty file.
typedef int sc_no_linux;
#endif
