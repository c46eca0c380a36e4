// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which tokens' vectors a module reads, of those that the modules before it made.
package enum TokenUse: Sendable, Equatable {
    /// Those of all tokens.
    case all
    /// None, or each by itself, so that the modules after it decide.
    case each
    /// Those of the tokens with these indices, ascending.
    case chosen([Int])
}
