// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A small scene, such as a cook who buys bread at the market, which can be told in several ways.
package struct Scene: Hashable, Sendable {
    /// Who does what with which thing where: which of the words below.
    private var parts: [Int]

    /// The words of each part; those of a line mean the same.
    private static let words = [
        [
            ["A man", "A gentleman"], ["A woman", "A lady"], ["A child", "A kid"], ["A student", "A pupil"],
            ["A nurse", "A caregiver"], ["A cook", "A chef"], ["A musician", "A performer"], ["A farmer", "A grower"],
        ],
        [
            ["is buying", "is purchasing"], ["is selling", "is offering"], ["is drawing", "is sketching"],
            ["is watching", "is looking at"], ["is looking for", "is searching for"],
            ["is photographing", "is taking pictures of"],
        ],
        [
            ["bread", "a loaf"], ["a guitar", "a string instrument"], ["a red car", "a red automobile"],
            ["an old book", "an antique volume"], ["a small dog", "a puppy"], ["flowers", "a bunch of blossoms"],
        ],
        [
            ["in the park", "on the lawn"], ["at the station", "on the platform"], ["in the hall", "in the lobby"],
            ["on the beach", "by the sea"], ["in the street", "on the road"], ["at the market", "between the stalls"],
        ],
    ]

    /// Any scene.
    package init(_ dice: inout Dice) {
        parts = Self.words.map { words in dice.roll(words.count) }
    }

    /// The scene in words, which mean the same each time.
    package func text(_ dice: inout Dice, negated: Bool = false) -> String {
        let chosen = zip(Self.words, parts).map { words, part in dice.pick(words[part]) }
        let text = chosen.joined(separator: " ") + "."
        return negated ? text.replacing(" is ", with: " is not ", maxReplacements: 1) : text
    }

    /// A scene that differs in some of its four parts.
    package func changed(_ count: Int, _ dice: inout Dice) -> Scene {
        var scene = self
        for part in (0..<4).shuffled(using: &dice).prefix(count) {
            scene.parts[part] = (parts[part] + 1 + dice.roll(Self.words[part].count - 1)) % Self.words[part].count
        }
        return scene
    }

    /// How much each part counts for a shop, which wants to know what is bought, or looked for.
    private static let weights = [0.1, 0.2, 0.6, 0.1]

    /// How similar two scenes are to that shop, 0 to 1.
    private func similarity(to other: Scene) -> Double {
        zip(Self.weights, zip(parts, other.parts)).reduce(0) { $0 + ($1.1.0 == $1.1.1 ? $1.0 : 0) }
    }

    /// Pairs of scenes in words, and how similar they are to a shop.
    package static func pairs(_ count: Int, seed: UInt64) -> (texts: [(String, String)], scores: [Double]) {
        var dice = Dice(seed: seed)
        var pairs: (texts: [(String, String)], scores: [Double]) = ([], [])
        for _ in 0..<count {
            let first = Scene(&dice), second = first.changed(dice.roll(5), &dice)
            pairs.texts.append((first.text(&dice), second.text(&dice)))
            pairs.scores.append(first.similarity(to: second))
        }
        return pairs
    }

    /// Different scenes in words.
    package static func texts(_ count: Int, seed: UInt64) -> [String] {
        var dice = Dice(seed: seed), seen: Set<Scene> = []
        while seen.count < count { seen.insert(Scene(&dice)) }
        return seen.sorted { $0.parts.lexicographicallyPrecedes($1.parts) }.shuffled(using: &dice).map {
            $0.text(&dice)
        }
    }
}
