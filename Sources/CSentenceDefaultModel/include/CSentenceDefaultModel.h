// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#ifndef CSENTENCE_DEFAULT_MODEL_H
#define CSENTENCE_DEFAULT_MODEL_H

#include <stddef.h>

/// Bytes of a file that are part of the program.
struct sentence_embedded_file {
    const unsigned char *_Nonnull bytes;
    size_t count;
};

/// `model.safetensors`: the table of vectors of tokens.
extern const struct sentence_embedded_file sentence_default_weights;
/// `tokenizer.json`.
extern const struct sentence_embedded_file sentence_default_tokenizer;

#endif
