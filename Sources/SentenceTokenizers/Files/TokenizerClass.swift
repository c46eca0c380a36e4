// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// What a tokenizer class of the reference builds by itself, whatever `tokenizer.json` says, as data.
///
/// Classes that inherit all of this from another one are additional names of the same value.
struct TokenizerClass: Sendable {
    /// The names in the reference, without the suffix `Fast`.
    var names: [String] = []
    /// Additional names, of classes with `token_type_ids` in their `model_input_names`.
    var namesWithTokenTypes: [String] = []
    /// The model that the class is made for.
    var model: ClassModel
    /// The special tokens that the class defines itself, by key; used if the files do not name them.
    var defaultTokens: [ExactString: String] = [:]
    /// The special tokens that the class requires.
    ///
    /// These are the ones that it puts around texts, and an unknown token if words outside the vocabulary would
    /// otherwise have no id.
    var neededTokens: Set<ExactString> = []
    /// Whether a mask token given as a plain string also takes the white space before it.
    var stripsBeforeMask = false
    /// Whether such a mask token is searched for in the normalized text.
    var normalizesMask = false
    /// Special tokens besides those with a role, some of which the files may name.
    ///
    /// `hasFile` tells whether there is a `tokenizer.json`.
    var furtherTokens: @Sendable (TokenizerConfiguration, _ hasFile: Bool) -> [String] = { _, _ in [] }
    /// Whether the special tokens are added a second time by their content alone, which resets their flags.
    var forgetsFlags = false
    /// The language of texts if the files do not name one; nil if no language code is put around them.
    var defaultLanguage: String?
    /// Whether the class is not used for a `tokenizer.json` with byte-level parts, even if the file names it.
    var leavesByteLevel = false
    /// How to arrange a vocabulary from a SentencePiece model.
    var arrangement: @Sendable (TokenizerConfiguration) -> PieceArrangement = { _ in PieceArrangement() }
    /// The normalizer, pre-tokenizer and decoder, which may use the files' character map.
    var parts: @Sendable (TokenizerConfiguration, CharacterMap?) throws -> PipelineParts = { _, _ in PipelineParts() }
    /// How texts are laid out; nil to use the layout in the files.
    var layout: @Sendable (LayoutContext) -> Templates? = { _ in nil }
    /// Whether models receive token types, which depends on the class name in the files.
    private(set) var givesTokenTypes = false

    /// Every class that this version supports; a new one needs a file in `Classes` and its name here.
    static let all: [TokenizerClass] = [
        .albert, .bert, .bigBird, .camembert, .clip, .deberta, .debertaV2, .gemma, .gpt2, .gptNeoX, .llama, .mBart,
        .mBart50, .mpnet, .nllb, .pegasus, .qwen2, .remBert, .roberta, .t5, .xlmRoberta, .xlnet,
    ]

    /// The class for files that name none and contain only a list of words.
    static let wordListClass = "BertTokenizer"

    /// No class of its own: all of `tokenizer.json` is used.
    static let verbatim = TokenizerClass(names: ["PreTrainedTokenizerFast", "TokenizersBackend"], model: .ofFile)

    /// Whether all of `tokenizer.json` is used.
    var isVerbatim: Bool { if case .ofFile = model { true } else { false } }

    /// Every class that builds something itself, by its names.
    static let byName: [String: TokenizerClass] = Dictionary(
        uniqueKeysWithValues: all.flatMap { known in
            var giving = known
            giving.givesTokenTypes = true
            return known.names.map { ($0, known) } + known.namesWithTokenTypes.map { ($0, giving) }
        })
}
