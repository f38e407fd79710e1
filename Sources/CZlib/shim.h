// zlib as Swift can see it.
#pragma once
#include <zlib.h>

/// `inflateInit` is a macro, which Swift does not see.
static inline int corrflow_inflate_start(z_stream *stream) {
  return inflateInit(stream);
}
