// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub && !(os(Linux) && canImport(Glibc))
    import Dispatch
    import Foundation
    import Synchronization

    #if canImport(FoundationNetworking)
        import FoundationNetworking
    #endif

    /// HTTP requests through URLSession.
    final class SessionClient: HTTPClient {
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

        func send(
            _ request: HTTPRequest, check: () throws -> Void, head: (HTTPHead) throws -> Bool,
            body: (Data) throws -> Void
        ) throws {
            var question = URLRequest(url: request.url)
            for (name, value) in request.fields { question.setValue(value, forHTTPHeaderField: name) }
            let exchange = Exchange()
            let task = session.dataTask(with: question)
            delegate.exchanges.withLock { $0[task.taskIdentifier] = exchange }
            defer {
                exchange.close()
                task.cancel()
                delegate.exchanges.withLock { $0[task.taskIdentifier] = nil }
            }
            task.resume()
            while true {
                switch try exchange.next(timeout, check) {
                case .head(let answer): guard try head(answer) else { return }
                case .body(let data): try body(data)
                case .end(let error):
                    if let error { throw HTTPFailure(error) }
                    return
                }
            }
        }

        /// The events of one request, in order.
        private final class Exchange: Sendable {
            enum Event {
                case head(HTTPHead)
                case body(Data)
                case end(URLError?)
            }

            /// How many parts of the body may be waiting to be consumed; the sender of any more has to wait.
            private static let room = 64

            private let events = Mutex<[Event]>([])
            private let count = DispatchSemaphore(value: 0)
            private let room = DispatchSemaphore(value: room)

            func add(_ event: Event) {
                // URLSession stops reading while its delegate is busy.
                if case .body = event { room.wait() }
                events.withLock { $0.append(event) }
                count.signal()
            }

            func next(_ timeout: Duration, _ check: () throws -> Void) throws -> Event {
                let deadline = ContinuousClock.now + timeout
                try check()
                while count.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
                    try check()
                    if ContinuousClock.now >= deadline { throw HTTPFailure.silent }
                }
                let event = events.withLock { $0.removeFirst() }
                if case .body = event { room.signal() }
                return event
            }

            /// Lets a sender that is still waiting proceed.
            func close() {
                for _ in 0..<Self.room { room.signal() }
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
                if let response = response as? HTTPURLResponse {
                    let fields = response.allHeaderFields.compactMap { name, value in
                        (name as? String).map { ($0, "\(value)") }
                    }
                    add(.head(HTTPHead(status: response.statusCode, fields: fields)), to: dataTask)
                }
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

    extension HTTPFailure {
        fileprivate init(_ error: URLError) {
            self =
                switch error.code {
                case .timedOut: .silent
                case .cannotFindHost, .dnsLookupFailed: .unknownHost
                case .cannotConnectToHost: .noConnection
                case .networkConnectionLost: .broken
                case .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateNotYetValid,
                    .serverCertificateHasUnknownRoot:
                    .untrusted(error.localizedDescription)
                case .notConnectedToInternet: .other("there is no network")
                default: .other("\(error.localizedDescription) (\(error.code.rawValue))")
                }
        }
    }
#endif
