// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Adds special tokens to texts.
protocol PostProcessor: Sendable {
    /// The layouts for one text and for a pair.
    func templates() throws -> Templates
}

/// All kinds of post-processor; a new kind needs one file and one line here.
enum PostProcessors: ComponentFamily {
    static let name = "post_processor"
    static let known: [String: @Sendable (any Decoder) throws -> any PostProcessor] = [
        "BertProcessing": BertProcessing.init(from:),
        "ByteLevel": ByteLevelProcessing.init(from:),
        "RobertaProcessing": RobertaProcessing.init(from:),
        "Sequence": PostProcessorSequence.init(from:),
        "TemplateProcessing": TemplateProcessing.init(from:),
    ]
}

/// One part of a layout.
enum TemplatePiece: Sendable, Equatable {
    /// A text (0 for the first, 1 for its pair), and the segment of its tokens.
    case sequence(Int, typeID: Int32)
    /// Special tokens.
    case special([Int32], typeID: Int32)
}

/// The layouts of a single text and of a pair.
struct Templates: Sendable, Equatable {
    var single: [TemplatePiece]
    var pair: [TemplatePiece]
    /// Whether texts without special tokens get the segments 0 and 1, whatever the layouts say.
    var hasPlainTypes = false
    /// How often to trim white space from the ends of tokens' offsets.
    ///
    /// Each element tells whether a space at the beginning of the text then counts as added.
    var trims: [Bool] = []

    /// No special tokens.
    static let none = Templates(
        single: [.sequence(0, typeID: 0)], pair: [.sequence(0, typeID: 0), .sequence(1, typeID: 1)])

    /// The layout to use.
    func pieces(isPair: Bool, addsSpecialTokens: Bool) -> [TemplatePiece] {
        let templates = addsSpecialTokens || !hasPlainTypes ? self : .none
        return isPair ? templates.pair : templates.single
    }

    /// The number of special tokens in a layout.
    func specialTokenCount(isPair: Bool) -> Int {
        (isPair ? pair : single).reduce(0) { total, piece in
            if case .special(let ids, _) = piece { total + ids.count } else { total }
        }
    }
}
