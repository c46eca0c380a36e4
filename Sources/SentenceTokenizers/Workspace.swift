// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The tokens of the text at hand and all memory that making them needs.
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

    /// Whether it holds so much memory that it is better thrown away.
    fileprivate var isLarge: Bool { words.text.bytes.capacity > 1 << 20 || first.ids.capacity > 1 << 20 }
}

/// Workspaces that nobody uses at the moment: as many as there were calls at once.
final class WorkspacePool: Sendable {
    // A workspace in here is referred to from nowhere else, and whoever takes it is the only one to use it.
    private struct Idle: @unchecked Sendable {
        let workspace: Workspace
    }

    private let idle = Mutex<[Idle]>([])

    /// A workspace that the caller has for itself until it gives it back.
    func take(keepsSources: Bool) -> Workspace {
        let found = idle.withLock { idle -> Idle? in
            guard let index = idle.lastIndex(where: { $0.workspace.first.keepsSources == keepsSources }) else {
                return nil
            }
            return idle.remove(at: index)
        }
        return found?.workspace ?? Workspace(keepsSources: keepsSources)
    }

    /// Takes a workspace back.
    func giveBack(_ workspace: Workspace) {
        if workspace.isLarge { return }
        let item = Idle(workspace: workspace)
        idle.withLock { $0.append(item) }
    }
}
