// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The rows of a block's input whose results are read; it still sees the others.
struct RowsRead: Sendable {
    /// The rows of the input, ascending.
    let rows: [Int]
    /// The same tokens, among all tokens of the texts.
    let choice: TokenChoice
}
