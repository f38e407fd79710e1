// Counts the heap allocations of the calling thread, by standing in for the C library's allocation functions.
#pragma once

/// Allocations that this thread has made since it started.
long allocation_counter_of_this_thread(void);
