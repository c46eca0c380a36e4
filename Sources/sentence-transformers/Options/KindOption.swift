// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// The kinds of encoder by short names.
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

/// What a model without `modules.json` is opened as.
struct KindOption: ParsableArguments {
    @Option(
        help: """
            What to open the model as. By default its files tell; a plain masked language model counts as sparse, and \
            is dense only if it is asked for.
            """)
    var kind: EncoderKind?
}
