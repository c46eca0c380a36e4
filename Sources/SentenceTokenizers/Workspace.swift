// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The tokens of the current text, and all memory needed to compute them.
final class Workspace {
    var first: TokenRun
    var second: TokenRun
    var words: PreTokenizedText
    var normalized: NormalizedText
    var memory = ModelMemory()

    init(keepsSources: Bool) {
        first = TokenRun(keepsSources: keepsSources)
        second = TokenRun(keepsSources: keepsSources)
        words = PreTokenizedText(keepsSources: keepsSources)
        normalized = NormalizedText(keepsSources: keepsSources)
    }

    /// Whether it holds so much memory that it is better discarded.
    fileprivate var isLarge: Bool { words.text.bytes.capacity > 1 << 20 || first.ids.capacity > 1 << 20 }
}

/// Workspaces that are not in use: as many as there were simultaneous calls.
final class WorkspacePool: Sendable {
    // Nothing else refers to a workspace in here, and whoever takes it is its only user.
    private struct Idle: @unchecked Sendable {
        let workspace: Workspace
    }

    private let idle = Mutex<[Idle]>([])

    /// A workspace for the caller alone, until it is returned.
    func take(keepsSources: Bool) -> Workspace {
        let found = idle.withLock { idle -> Idle? in
            guard let index = idle.lastIndex(where: { $0.workspace.first.keepsSources == keepsSources }) else {
                return nil
            }
            return idle.remove(at: index)
        }
        return found?.workspace ?? Workspace(keepsSources: keepsSources)
    }

    /// Returns a workspace to the pool.
    func giveBack(_ workspace: Workspace) {
        if workspace.isLarge { return }
        let item = Idle(workspace: workspace)
        idle.withLock { $0.append(item) }
    }
}
