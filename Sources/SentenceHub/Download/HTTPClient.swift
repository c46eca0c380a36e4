// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Dispatch
    import Foundation
    import Synchronization

    #if canImport(FoundationNetworking)
        import FoundationNetworking
    #endif

    /// Requests over URLSession that the calling thread waits for.
    ///
    /// Redirections are answers like any other: who asks decides whether to follow, and what to tell the next host.
    /// On Linux the session takes proxies from `http_proxy`, `https_proxy` and `no_proxy`; on Apple platforms from
    /// the system.
    final class HTTPClient: Sendable {
        /// The head of an answer.
        struct Head: Sendable {
            let status: Int
            private let fields: [String: String]

            init(_ response: HTTPURLResponse) {
                status = response.statusCode
                let pairs = response.allHeaderFields.compactMap { name, value in
                    (name as? String).map { ($0.lowercased(), "\(value)") }
                }
                fields = Dictionary(pairs) { first, _ in first }
            }

            /// The value of a header field, whose name is given in lower case.
            subscript(_ field: String) -> String? { fields[field] }
        }

        private let delegate = Delegate()
        private let session: URLSession
        private let timeout: Duration

        init(timeout: Duration) {
            self.timeout = timeout
            let configuration = URLSessionConfiguration.ephemeral
            configuration.urlCache = nil
            configuration.httpCookieStorage = nil
            configuration.httpMaximumConnectionsPerHost = 16
            let queue = OperationQueue()
            queue.maxConcurrentOperationCount = 1
            session = URLSession(configuration: configuration, delegate: delegate, delegateQueue: queue)
        }

        deinit { session.invalidateAndCancel() }

        /// Sends a request, and hands over the head of the answer and then its body part by part.
        ///
        /// - Parameters:
        ///   - request: What is asked.
        ///   - check: Called several times a second; what it throws ends the exchange, as does what `body` throws.
        ///   - head: Takes the head, and says whether the body is wanted.
        ///   - body: Takes a part of the body.
        /// - Throws: `URLError` for a connection that fails or falls silent.
        func send(
            _ request: URLRequest, check: () throws -> Void, head: (Head) throws -> Bool, body: (Data) throws -> Void
        ) throws {
            let exchange = Exchange()
            let task = session.dataTask(with: request)
            delegate.exchanges.withLock { $0[task.taskIdentifier] = exchange }
            defer {
                task.cancel()
                delegate.exchanges.withLock { $0[task.taskIdentifier] = nil }
            }
            task.resume()
            while true {
                switch try exchange.next(timeout, check) {
                case .head(let answer): guard try head(answer) else { return }
                case .body(let data): try body(data)
                case .end(let error):
                    if let error { throw error }
                    return
                }
            }
        }

        /// What happens to one request, in order.
        private final class Exchange: Sendable {
            enum Event {
                case head(Head)
                case body(Data)
                case end(URLError?)
            }

            private let events = Mutex<[Event]>([])
            private let count = DispatchSemaphore(value: 0)

            func add(_ event: Event) {
                events.withLock { $0.append(event) }
                count.signal()
            }

            func next(_ timeout: Duration, _ check: () throws -> Void) throws -> Event {
                let deadline = ContinuousClock.now + timeout
                while count.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
                    try check()
                    if ContinuousClock.now >= deadline { throw URLError(.timedOut) }
                }
                return events.withLock { $0.removeFirst() }
            }
        }

        private final class Delegate: NSObject, URLSessionDataDelegate {
            let exchanges = Mutex<[Int: Exchange]>([:])

            private func add(_ event: Exchange.Event, to task: URLSessionTask) {
                exchanges.withLock { $0[task.taskIdentifier] }?.add(event)
            }

            func urlSession(
                _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
                newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
            ) {
                completionHandler(nil)
            }

            func urlSession(
                _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
                completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
            ) {
                if let response = response as? HTTPURLResponse { add(.head(Head(response)), to: dataTask) }
                completionHandler(.allow)
            }

            func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
                add(.body(data), to: dataTask)
            }

            func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
                add(.end(error.map { $0 as? URLError ?? URLError(.unknown) }), to: task)
            }
        }
    }
#endif
