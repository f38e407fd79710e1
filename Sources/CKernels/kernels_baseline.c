// Four floats a vector: SSE2 on x86-64, NEON on arm64, and correct everywhere.
#define CK_VECTOR 4
#define CK_ROWS 6
#define CK_NAME "baseline"
#define CK_TABLE ck_kernels_baseline
#include "kernels.inc"
