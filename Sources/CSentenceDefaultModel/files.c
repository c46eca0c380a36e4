// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "CSentenceDefaultModel.h"

// #embed is standard from C23 on, and the compilers of this package know it before.
#pragma clang diagnostic ignored "-Wc23-extensions"

// As aligned as tensors in a file of their own are.
static const unsigned char weights[] __attribute__((aligned(64))) = {
#embed "model.safetensors"
};
static const unsigned char tokenizer[] = {
#embed "tokenizer.json"
};

const struct sentence_embedded_file sentence_default_weights = {weights, sizeof(weights)};
const struct sentence_embedded_file sentence_default_tokenizer = {tokenizer, sizeof(tokenizer)};
