#define _GNU_SOURCE
#include "threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

// A job is claimed chunk by chunk from one number: the chunks that are left in its low half, its
// threads in the byte above, and the number of the job above that. Who has claimed a chunk knows
// that its job is not over.
static _Atomic uint64_t ticket;
static atomic_size_t unfinished;
static void (*job_body)(void *, size_t, size_t);
static void *job_context;

static pthread_mutex_t caller = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t sleep_over = PTHREAD_COND_INITIALIZER;
static atomic_int sleepers;
static size_t started;

// About twenty microseconds: longer than the pauses within a training step.
enum { patience = 2000 };

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static inline int offers_work(uint64_t seen, size_t worker) {
  return (uint32_t)seen != 0 && worker < (uint8_t)(seen >> 32);
}

static void work(size_t worker) {
  uint64_t seen = atomic_load(&ticket);
  while (offers_work(seen, worker)) {
    if (!atomic_compare_exchange_weak(&ticket, &seen, seen - 1)) continue;
    job_body(job_context, (uint32_t)seen - 1, worker);
    atomic_fetch_sub(&unfinished, 1);
    seen = atomic_load(&ticket);
  }
}

static int has_work(size_t worker) {
  return offers_work(atomic_load(&ticket), worker);
}

static void *worker_main(void *argument) {
  size_t worker = (size_t)(uintptr_t)argument;
  for (;;) {
    for (int spin = 0; spin < patience && !has_work(worker); ++spin) relax();
    if (!has_work(worker)) {
      pthread_mutex_lock(&sleep_lock);
      atomic_fetch_add(&sleepers, 1);
      while (!has_work(worker)) pthread_cond_wait(&sleep_over, &sleep_lock);
      atomic_fetch_sub(&sleepers, 1);
      pthread_mutex_unlock(&sleep_lock);
    }
    work(worker);
  }
  return NULL;
}

static void start_workers(size_t threads) {
  while (started + 1 < threads) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, worker_main, (void *)(uintptr_t)(started + 1)) != 0) return;
    pthread_detach(thread);
    ++started;
  }
}

void lora_parallel(
    size_t threads, size_t chunks, void (*body)(void *context, size_t chunk, size_t worker),
    void *context) {
  if (threads > lora_most_threads) threads = lora_most_threads;
  if (threads < 2 || chunks < 2 || pthread_mutex_trylock(&caller) != 0) {
    for (size_t chunk = 0; chunk < chunks; ++chunk) body(context, chunk, 0);
    return;
  }
  start_workers(threads);
  job_body = body;
  job_context = context;
  atomic_store(&unfinished, chunks);
  uint64_t job = (atomic_load(&ticket) >> 40) + 1;
  atomic_store(&ticket, job << 40 | (uint64_t)threads << 32 | (uint32_t)chunks);
  if (atomic_load(&sleepers) > 0) {
    pthread_mutex_lock(&sleep_lock);
    pthread_cond_broadcast(&sleep_over);
    pthread_mutex_unlock(&sleep_lock);
  }
  work(0);
  // Where another program holds the processor of a worker, waiting makes room for it.
  for (int spin = 0; atomic_load(&unfinished) > 0; ++spin) {
    relax();
    if (spin > patience) sched_yield();
  }
  pthread_mutex_unlock(&caller);
}

size_t lora_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  int count = CPU_COUNT(&set);
  return count < 1 ? 1 : count > lora_most_threads ? lora_most_threads : (size_t)count;
}
