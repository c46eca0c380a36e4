// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// The same numbers as float32: this tensor itself if it is aligned float32, otherwise a converted copy.
    ///
    /// float64 and integers are rounded to the nearest float32, `bool` becomes 0 and 1.
    package func float32() -> Tensor {
        if elementType == .float32, isAligned { return self }
        return Tensor(shape: shape) { out in
            withUnsafeBytes { bytes in Self.convert(bytes, elementType, count: count, to: out) }
        }
    }

    private var isAligned: Bool {
        Int(bitPattern: bytes.baseAddress) % MemoryLayout<Float>.alignment == 0
    }

    private static func convert(
        _ bytes: UnsafeRawBufferPointer, _ type: ElementType, count: Int, to out: UnsafeMutableBufferPointer<Float>
    ) {
        func each<T: BitwiseCopyable>(_: T.Type, _ convert: (T) -> Float) {
            for index in 0..<count {
                out[index] = convert(bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
            }
        }
        guard count > 0, let start = out.baseAddress else { return }
        switch type {
        case .float32: UnsafeMutableRawBufferPointer(out).copyMemory(from: bytes)
        case .float16: convertHalf(bytes, count, start, Execution.current.kernels.table.pointee.f16_to_f32)
        case .bfloat16: convertHalf(bytes, count, start, Execution.current.kernels.table.pointee.bf16_to_f32)
        case .float64: each(Double.self) { Float($0) }
        case .int64: each(Int64.self) { Float($0) }
        case .int32: each(Int32.self) { Float($0) }
        case .int16: each(Int16.self) { Float($0) }
        case .int8: each(Int8.self) { Float($0) }
        case .uint64: each(UInt64.self) { Float($0) }
        case .uint32: each(UInt32.self) { Float($0) }
        case .uint16: each(UInt16.self) { Float($0) }
        case .uint8: each(UInt8.self) { Float($0) }
        case .bool: each(UInt8.self) { $0 == 0 ? 0 : 1 }
        }
    }

    private static func convertHalf(
        _ bytes: UnsafeRawBufferPointer, _ count: Int, _ out: UnsafeMutablePointer<Float>,
        _ kernel: (UnsafeMutablePointer<Float>, UnsafePointer<UInt16>, Int) -> Void
    ) {
        guard let start = bytes.baseAddress else { return }
        if Int(bitPattern: start) % MemoryLayout<UInt16>.alignment == 0 {
            kernel(out, start.assumingMemoryBound(to: UInt16.self), count)
        } else {
            let aligned = (0..<count).map { bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) }
            kernel(out, aligned, count)
        }
    }
}
