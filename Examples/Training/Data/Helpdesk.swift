// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Questions to a helpdesk and its answers, which call devices by names that no model has heard of.
package struct Helpdesk: Sendable {
    /// A question, and the answer to it.
    package var pairs: [(question: String, answer: String)] = []

    private static let devices = [
        ("printer", "Zorvex"), ("projector", "Milquay"), ("scanner", "Brontil"), ("coffee machine", "Aldeko"),
        ("telephone", "Quifor"), ("keyboard", "Tessop"), ("camera", "Hulvane"), ("lift", "Ondrak"),
        ("heating", "Pelmir"), ("fridge", "Sarquet"), ("shredder", "Fenlow"), ("alarm", "Dovrin"),
        ("microphone", "Galtes"), ("router", "Uvarin"), ("lamp", "Krispal"), ("door lock", "Jemtor"),
    ]
    private static let matters = [
        ("Where is the manual of the %?", "The manual for the % lies in the archive."),
        ("Who repairs the %?", "Repairs of the % are done by Ms. Lang."),
        ("How do I switch off the %?", "Hold the green button of the % for three seconds."),
        ("How old is the %?", "The % was bought four years ago."),
        ("What does a new % cost?", "Another % can be had for 800 euros."),
        ("Why does the % make noise?", "If the % is loud, its fan is dusty."),
        ("May guests use the %?", "Visitors need a permit for the %."),
        ("Where are spare parts for the %?", "Pieces for the % are kept in cabinet B."),
    ]

    /// All questions and answers, in an order that depends on the seed.
    package init(seed: UInt64) {
        var dice = Dice(seed: seed)
        for (device, name) in Self.devices {
            for (question, answer) in Self.matters {
                pairs.append((question.replacing("%", with: device), answer.replacing("%", with: name)))
            }
        }
        pairs.shuffle(using: &dice)
    }
}
