// CBLAS and OpenBLAS's own thread setting.
#pragma once
#include <cblas.h>
