#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#define CK_VECTOR 16
#define CK_ROWS 12
#define CK_NAME "avx512"
#define CK_TABLE ck_kernels_avx512
#include "kernels.inc"
#pragma clang attribute pop
#endif
