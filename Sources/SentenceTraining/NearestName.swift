// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds what somebody may have meant who wrote a name that there is not.
package enum NearestName {
    /// The known name with the fewest differing letters; nil if there is none that is alike.
    package static func to(_ name: String, among known: some Sequence<String>) -> String? {
        let nearest = known.map { (name: $0, distance: distance($0.lowercased(), name.lowercased())) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return nearest.flatMap { $0.distance <= max($0.name.count, name.count) / 2 ? $0.name : nil }
    }

    /// How many letters must be inserted, removed or replaced to make one text of the other.
    ///
    /// Levenshtein, *Binary Codes Capable of Correcting Deletions, Insertions, and Reversals*, 1966.
    private static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (first, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = first + 1
            for (second, other) in b.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[second + 1]
                row[second + 1] = min(replaced, diagonal + 1, row[second] + 1)
            }
        }
        return row[b.count]
    }
}
