// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Matrices, similarities, tokenizers and their errors are part of this library's interface.
@_exported public import SentenceSearch
@_exported public import SentenceTokenizers

// The errors that loading throws.
@_exported public import struct SentenceFiles.CheckpointError
@_exported public import enum SentenceEncoders.EncoderError
@_exported public import struct SentenceHub.DownloadProgress
@_exported public import struct SentenceHub.HubError
