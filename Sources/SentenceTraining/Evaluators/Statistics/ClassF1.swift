// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The F1 of predicted classes, averaged in three ways.
package struct ClassF1: Equatable {
    /// The mean of all classes.
    package let macro: Double
    /// That of all decisions together, which is the share of right ones.
    package let micro: Double
    /// The mean of all classes by how many rows each has.
    package let weighted: Double

    /// The scores of predictions for rows whose classes are known, as many of each.
    package init(predicted: [Int], actual: [Int]) {
        let classes = Set(predicted + actual).sorted()
        var macro = 0.0, weighted = 0.0
        for each in classes {
            let hits = zip(predicted, actual).count { $0 == each && $1 == each }
            let taken = predicted.count { $0 == each }, support = actual.count { $0 == each }
            let f1 = 2 * Double(hits) / Double(taken + support)
            macro += f1
            weighted += f1 * Double(support)
        }
        self.macro = classes.isEmpty ? 0 : macro / Double(classes.count)
        self.weighted = actual.isEmpty ? 0 : weighted / Double(actual.count)
        micro = actual.isEmpty ? 0 : Double(zip(predicted, actual).count { $0 == $1 }) / Double(actual.count)
    }
}
