#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_VECTOR 8
#define CK_ROWS 6
#define CK_NAME "avx2"
#define CK_TABLE ck_kernels_avx2
#include "kernels.inc"
#pragma clang attribute pop
#endif
