// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension ModelRoute {
    /// From which share of all tokens on leaving out the others does not pay.
    private static let share = 0.9

    /// The tokens whose vectors are read after the first module, ascending; nil for all.
    ///
    /// The others need not be computed, as far as no token looks at them. With gradients or dropout, all are.
    func tokensRead(_ features: Features) -> [Int]? {
        guard !Execution.current.recordsGradients, case .inference = Execution.current.mode else { return nil }
        var features = features
        var chosen: [Int]?
        /// Whether the use leaves tokens out.
        func take(_ use: TokenUse) -> Bool {
            switch use {
            case .all: return false
            case .each: return true
            case .chosen(let tokens):
                // Two modules that read different tokens would each find those of the other.
                guard chosen ?? tokens == tokens else { return false }
                chosen = tokens
                return true
            }
        }
        for module in modules { guard take(module.tokenUse(&features)) else { return nil } }
        switch features.call.result {
        case .tokens: return nil
        case .keptTokens: guard take(.chosen(features.keptIndices)) else { return nil }
        case .vectors: break
        }
        let limit = Int(Self.share * Double(features.texts.totalTokens))
        return chosen.flatMap { $0.count > limit ? nil : $0 }
    }
}
