// The dashboard's files, inside the binary: a user installs one file.
#ifndef CORRFLOW_DASHBOARD_H
#define CORRFLOW_DASHBOARD_H

#include <stddef.h>

/// One file: its path below `site`, for instance "pages/runs.js", and its bytes.
typedef struct {
  const char *path;
  const unsigned char *bytes;
  size_t byte_count;
} corrflow_dashboard_file;

/// The file number `index`, from 0; its path is null behind the last one.
corrflow_dashboard_file corrflow_dashboard_file_at(size_t index);

#endif
