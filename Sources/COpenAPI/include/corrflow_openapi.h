// The pieces of the OpenAPI document, as they lie in the folder `document`, in the binary.
//
// Each is JSON and holds paths and components of one resource; `api` holds what all share, `jobs` the routes of jobs once
// for all kinds. ControlAPI puts them together.
#ifndef CORRFLOW_OPENAPI_H
#define CORRFLOW_OPENAPI_H

#include <stddef.h>

/// One file of the document.
typedef struct {
  /// Its name without `.json`; null behind the last piece.
  const char *name;
  /// Its bytes, UTF-8, without a zero at the end.
  const unsigned char *bytes;
  /// How many they are.
  size_t count;
} corrflow_openapi_piece;

/// The piece at `index`, counted from 0.
corrflow_openapi_piece corrflow_openapi_piece_at(size_t index);

#endif
