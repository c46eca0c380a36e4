// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the card of a model says that no run knows.
public struct ModelCardDetails: Sendable {
    /// The title; made from the base model if nil.
    public var name: String?
    /// The languages that the model understands, such as `en`.
    public var languages: [String]
    /// The license, such as `apache-2.0`.
    public var license: String?
    /// The name on the Hub of the model that training began with; that of the cache's folder if nil.
    public var baseModel: String?
    /// Tags beside those of the kind, the data and the losses.
    public var tags: [String]

    /// The given details.
    public init(
        name: String? = nil, languages: [String] = [], license: String? = nil, baseModel: String? = nil,
        tags: [String] = []
    ) {
        self.name = name
        self.languages = languages
        self.license = license
        self.baseModel = baseModel
        self.tags = tags
    }
}
