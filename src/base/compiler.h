/* The few compiler extensions that pith uses, each with a plain meaning elsewhere. */
#ifndef PITH_BASE_COMPILER_H
#define PITH_BASE_COMPILER_H

/* Asks for the cache line at an address; never faults, never changes a result. */
#if defined(__GNUC__) || defined(__clang__)
#define PITH_PREFETCH(address) __builtin_prefetch(address)
#else
#define PITH_PREFETCH(address) ((void)(address))
#endif

#endif
