#pragma once

#include <stddef.h>

/// Calls `body(context, chunk, worker)` once for every chunk, on up to `threads` threads.
///
/// Returns when all chunks are done. Which thread does a chunk is not determined, so a chunk must
/// not depend on it; `worker` is below `threads`, and no two chunks that run at the same time have
/// the same one. The threads are started at the first need and wait for the next call. Where
/// another thread is in a call already, the chunks are done by the caller alone.
void lora_parallel(
    size_t threads, size_t chunks, void (*body)(void *context, size_t chunk, size_t worker),
    void *context);

/// The most threads that a call uses.
enum { lora_most_threads = 64 };

/// The number of processors that this process may run on.
size_t lora_processors(void);
