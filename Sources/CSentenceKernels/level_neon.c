// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__aarch64__)

#include "internal.h"

#define SK_TABLE sk_kernels_neon
#define SK_TABLE_LEVEL SK_LEVEL_NEON
#define SK_TABLE_NAME "neon"
#define SK_WIDTH 4
#define SK_TILE_ROWS 6
#define SK_TILE_VECTORS 4

#include "simd/table.h"

#endif
