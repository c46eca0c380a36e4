// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTransformers

/// What `encode` and `predict` compute, on its way into a file or a stream.
enum EmbeddingOutput {
    case embeddings(Matrix)
    case quantized(QuantizedEmbeddings)
    case sparse(SparseMatrix)
    /// The words of each text; only written as lines.
    case words([[TokenWeight]])
    /// One matrix for each text, one row for each token; never written as `.npy`.
    case tokens([Matrix])
    /// One score for each label of each pair.
    case scores(Matrix)

    func write(to target: OutputTarget) throws {
        switch target {
        case .standardOutput, .jsonLines: try target.writeLines(writeLines)
        case .numpy(let url):
            switch self {
            case .embeddings(let matrix), .scores(let matrix):
                try matrix.withUnsafeBufferPointer {
                    try NumpyFile.write(
                        UnsafeRawBufferPointer($0), rows: matrix.rows, columns: matrix.columns, .float32, to: url)
                }
            case .quantized(let result):
                try result.bytes.withUnsafeBytes {
                    try NumpyFile.write(
                        $0, rows: result.rows, columns: result.columns, result.isSigned ? .int8 : .uint8, to: url)
                }
            case .sparse(let matrix): try Self.embeddings(matrix.dense).write(to: target)
            case .words: throw Failure("words are not numbers and cannot be written as .npy")
            case .tokens: throw Failure("token embeddings have no common shape and cannot be written as .npy")
            }
        case .safetensors(let url): try SafetensorsWriter.write(tensors, to: url)
        }
    }

    private func writeLines(_ writer: inout LineWriter) throws {
        switch self {
        case .embeddings(let matrix):
            for row in 0..<matrix.rows {
                writer.append(matrix[row])
                try writer.endLine()
            }
        case .scores(let matrix):
            for row in 0..<matrix.rows {
                if matrix.columns == 1 { writer.append(number: matrix[row, 0]) } else { writer.append(matrix[row]) }
                try writer.endLine()
            }
        case .quantized(let result):
            for row in 0..<result.rows {
                writer.append(result[row])
                try writer.endLine()
            }
        case .sparse(let matrix):
            for row in 0..<matrix.rows {
                let vector = matrix[row]
                writer.append("{\"indices\":")
                writer.append(vector.indices)
                writer.append(",\"values\":")
                writer.append(vector.values)
                writer.append("}")
                try writer.endLine()
            }
        case .words(let texts):
            for words in texts {
                let line = words.map { JSONValue.array([.string($0.token), .double(Double("\($0.weight)") ?? 0)]) }
                writer.append(try JSONValue.array(line).serialized(.compact))
                try writer.endLine()
            }
        case .tokens(let matrices):
            for matrix in matrices {
                writer.append(matrix)
                try writer.endLine()
            }
        }
    }

    private var tensors: [String: Tensor] {
        switch self {
        case .embeddings(let matrix): ["embeddings": matrix.tensor]
        case .scores(let matrix): ["scores": matrix.tensor]
        case .quantized(let result): ["embeddings": result.tensor]
        case .sparse(let matrix): matrix.tensors
        case .words: [:]
        case .tokens(let matrices):
            Dictionary(uniqueKeysWithValues: matrices.enumerated().map { ("\($0.offset)", $0.element.tensor) })
        }
    }
}

extension SparseMatrix {
    /// Compressed rows: "shape" `[2]`, "offsets" `[rows + 1]`, "indices" and "values".
    fileprivate var tensors: [String: Tensor] {
        [
            "shape": .integers(shape), "offsets": .integers(rowOffsets), "indices": .integers(indices.map(Int.init)),
            "values": Tensor(values, shape: [values.count]),
        ]
    }
}

extension Tensor {
    /// An int64 tensor of one dimension.
    fileprivate static func integers(_ values: [Int]) -> Tensor {
        let storage = Storage(uninitializedByteCount: values.count * MemoryLayout<Int64>.stride)
        values.map(Int64.init).withUnsafeBytes { storage.mutableBytes.copyBytes(from: $0) }
        return Tensor(storage: storage, shape: [values.count], elementType: .int64)
    }
}

extension QuantizedEmbeddings {
    fileprivate var tensor: Tensor {
        let storage = Storage(uninitializedByteCount: bytes.count)
        storage.mutableBytes.copyBytes(from: bytes)
        return Tensor(storage: storage, shape: [rows, columns], elementType: isSigned ? .int8 : .uint8)
    }
}
