#include "corrflow_build_info.h"

const char *corrflow_revision(void) { return CORRFLOW_REVISION; }
