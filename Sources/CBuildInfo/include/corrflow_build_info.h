// What a build knows of where its sources come from. A macro of Swift carries no value; one of C does.
#ifndef CORRFLOW_BUILD_INFO_H
#define CORRFLOW_BUILD_INFO_H

/// The revision as `git describe --always --dirty` prints it, or "unknown" for a build that was not told.
const char *corrflow_revision(void);

#endif
