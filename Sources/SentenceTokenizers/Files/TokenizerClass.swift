// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// What a tokenizer class of the reference builds by itself, whatever `tokenizer.json` says, as data.
///
/// Classes that inherit all of it from another one are further names of the same value.
struct TokenizerClass: Sendable {
    /// The names in the reference, without the ending `Fast`.
    var names: [String] = []
    /// Further names, of classes with `token_type_ids` in their `model_input_names`.
    var namesWithTokenTypes: [String] = []
    /// The model that the class is made for.
    var model: ClassModel
    /// The special tokens that the class has by itself where the files name none, by key.
    var defaultTokens: [ExactString: String] = [:]
    /// The special tokens without which the class cannot be: those that it puts around texts, and an unknown token
    /// without which words that are not in the vocabulary have no id.
    var neededTokens: Set<ExactString> = []
    /// Whether a mask token that is just a string takes the white space before it along.
    var stripsBeforeMask = false
    /// Whether such a mask token is also looked for in the normalized text.
    var normalizesMask = false
    /// Special tokens beside those with a role, of which the files may name some; `hasFile` tells whether there is a
    /// `tokenizer.json`.
    var furtherTokens: @Sendable (TokenizerConfiguration, _ hasFile: Bool) -> [String] = { _, _ in [] }
    /// Whether the special tokens are added once more by their contents alone, which takes their flags away.
    var forgetsFlags = false
    /// The language that texts are in where the files name none; `nil` if no code of a language stands around them.
    var defaultLanguage: String?
    /// Whether a `tokenizer.json` with byte-level parts is none of the class's, although it names the class.
    var leavesByteLevel = false
    /// How the vocabulary is made of a SentencePiece model.
    var arrangement: @Sendable (TokenizerConfiguration) -> PieceArrangement = { _ in PieceArrangement() }
    /// Normalizer, pre-tokenizer and decoder, which may use the character map of the files.
    var parts: @Sendable (TokenizerConfiguration, CharacterMap?) throws -> PipelineParts = { _, _ in PipelineParts() }
    /// How texts are laid out; `nil` if the layout of the files counts.
    var layout: @Sendable (LayoutContext) -> Templates? = { _ in nil }
    /// Whether models get the types of tokens, which depends on the name that the files have.
    private(set) var givesTokenTypes = false

    /// Every class that this version knows; a new one is a file in `Classes` and its name here.
    static let all: [TokenizerClass] = [
        .albert, .bert, .bigBird, .camembert, .clip, .deberta, .debertaV2, .gemma, .gpt2, .gptNeoX, .llama, .mBart,
        .mBart50, .mpnet, .nllb, .pegasus, .qwen2, .remBert, .roberta, .t5, .xlmRoberta, .xlnet,
    ]

    /// The name of the class of files that name none and have nothing but a list of words.
    static let wordListClass = "BertTokenizer"

    /// No class of its own: all of `tokenizer.json` counts.
    static let verbatim = TokenizerClass(names: ["PreTrainedTokenizerFast", "TokenizersBackend"], model: .ofFile)

    /// Whether all of `tokenizer.json` counts.
    var isVerbatim: Bool { if case .ofFile = model { true } else { false } }

    /// Every class that builds something by itself, by its names.
    static let byName: [String: TokenizerClass] = Dictionary(
        uniqueKeysWithValues: all.flatMap { known in
            var giving = known
            giving.givesTokenTypes = true
            return known.names.map { ($0, known) } + known.namesWithTokenTypes.map { ($0, giving) }
        })
}
