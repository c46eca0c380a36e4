// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

/// An input module with a subword tokenizer.
package protocol SubwordInput: InputModule, SubwordReader {}

extension SubwordInput {
    package var tokenizer: Tokenizer? { subwordTokenizer }
}
