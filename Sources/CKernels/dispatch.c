#define _GNU_SOURCE  // sched_getaffinity
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

#include "corrflow_kernels.h"

extern const ck_kernels ck_kernels_baseline;
#if defined(__x86_64__)
extern const ck_kernels ck_kernels_avx2, ck_kernels_avx512;
#endif

bool ck_is_available(ck_instruction_set set) {
  switch (set) {
    case CK_BASELINE:
      return true;
#if defined(__x86_64__)
    // The builtin asks the operating system too: whether it saves the wide registers.
    case CK_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
#endif
    default:
      return false;
  }
}

const ck_kernels *ck_kernels_for(ck_instruction_set set) {
  switch (set) {
    case CK_BASELINE:
      return &ck_kernels_baseline;
#if defined(__x86_64__)
    case CK_AVX2:
      return &ck_kernels_avx2;
    case CK_AVX512:
      return &ck_kernels_avx512;
#endif
    default:
      return NULL;
  }
}

int ck_usable_cores(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}
