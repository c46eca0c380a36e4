// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// The short names of the kinds of encoder.
enum EncoderKind: String, ExpressibleByArgument, CaseIterable {
    case dense, sparse
    case multiVector = "multi-vector"

    var kind: ModelKind {
        switch self {
        case .dense: .sentenceTransformer
        case .sparse: .sparseEncoder
        case .multiVector: .multiVectorEncoder
        }
    }
}

/// The option for the kind that a model is loaded as.
struct KindOption: ParsableArguments {
    @Option(
        help: """
            The kind to load the model as. By default its files decide; a plain masked language model counts as \
            sparse, and is dense only if this says so.
            """)
    var kind: EncoderKind?
}
