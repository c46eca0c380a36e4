// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Logging
import Synchronization

/// Logs a model's warnings and the progress of its download.
package struct ModelLogger: Sendable {
    private let logger: Logger
    /// The last tenth of the download that was logged.
    private let tenths = Tenths()

    private final class Tenths: Sendable {
        let last = Mutex<Int?>(nil)
    }

    /// Logs to the given logger of swift-log.
    package init(_ logger: Logger) { self.logger = logger }

    /// Logs the start and the end of a download, and every tenth of it.
    package func log(download model: String, _ completed: Int, of total: Int) {
        let isWhole = completed >= total
        let tenth = isWhole ? 10 : 10 * completed / total
        let previous: Int? = tenths.last.withLock { last in
            defer { last = max(last ?? 0, tenth) }
            return last
        }
        guard previous ?? -1 < tenth else { return }
        let metadata: Logger.Metadata = ["model": "\(model)", "completed": "\(completed)", "total": "\(total)"]
        if previous == nil { logger.info("downloading \(model)", metadata: metadata) }
        if isWhole {
            logger.info("downloaded \(model)", metadata: metadata)
        } else if previous != nil {
            logger.debug("downloading \(model): \(10 * tenth) %", metadata: metadata)
        }
    }

    /// Logs the warnings about a model's files.
    package func log(_ warnings: [String], of model: String) {
        for warning in warnings { logger.warning("\(warning)", metadata: ["model": "\(model)"]) }
    }
}
