// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Foundation

    extension HubClient {
        /// The error for a response that is not the requested content.
        static func failure(
            _ head: HTTPHead, _ url: URL, _ name: RepositoryName, _ revision: String, hasToken: Bool
        ) -> HubError {
            let page = "https://huggingface.co/\(name)"
            switch (head.status, head["x-error-code"]) {
            case (_, "RevisionNotFound"):
                return HubError(.revisionNotFound, "\(name) has no branch, tag or commit \"\(revision)\" on the Hub")
            case (_, "GatedRepo"):
                return HubError(
                    .gated,
                    "\(name) is gated: accept its conditions at \(page), and set HF_TOKEN to a token of that account")
            case (401, _) where hasToken && head["x-error-code"] != "RepoNotFound":
                return HubError(.unauthorized, "the Hub does not accept the token; check HF_TOKEN and the token file")
            case (401, _), (404, "RepoNotFound"):
                return HubError(
                    .notFound,
                    "there is no model \(name) on the Hub, or it is private; check the name, and set HF_TOKEN for a "
                        + "private model")
            case (403, _):
                return HubError(.gated, "the Hub does not let this account have \(name); see \(page)")
            case (404, _): return HubError(.notFound, "\(url.absoluteString) does not exist")
            case (429, _): return HubError(.unavailable, "the Hub is asked too often (status 429); try again later")
            case (500..., _), (408, _):
                return HubError(.unavailable, "the Hub has a problem (status \(head.status)); try again later")
            default:
                return HubError(.unexpectedAnswer, "\(url.absoluteString) answers with the status \(head.status)")
            }
        }

        static func unreachable(_ url: URL?, _ failure: HTTPFailure) -> HubError {
            HubError(
                .unreachable,
                "cannot reach \(url?.host ?? "the Hub"): \(failure.words); check the network, its proxy (https_proxy) and "
                    + "HF_ENDPOINT")
        }

        static func untrusted(_ url: URL, _ failure: HTTPFailure) -> HubError {
            HubError(
                .untrusted,
                "the certificate of \(url.host ?? "the Hub") is not trusted: \(failure.words); if an authority of your own "
                    + "gave it, name that authority's file in SSL_CERT_FILE")
        }
    }
#endif
