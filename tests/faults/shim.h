/* Makes calls of the C library fail in this process. The shim is a library of its own that is
 * preloaded; the test finds it with dlsym. */
#pragma once

enum shim_call {
    SHIM_NONE,
    SHIM_PWRITE,
    SHIM_WRITEV,
    SHIM_WRITE,
    SHIM_FDATASYNC,
    SHIM_FSYNC,
    SHIM_FALLOCATE,
    SHIM_RENAME,
    SHIM_OPEN,
    SHIM_PREAD,
    SHIM_MMAP,
    SHIM_MEMORY, /* malloc, calloc, realloc */
    SHIM_CALL_COUNT
};

/* What befalls the n-th call (from 0), and all after it when `forever`. */
struct shim_fault {
    enum shim_call call;
    unsigned n;
    int code; /* errno; 0: the call does half of what it was asked for */
    int forever;
    unsigned met;  /* how many calls have failed */
    char path[40]; /* only calls on open files in whose path this occurs; "": all */
};
/* NULL disarms. Not for several threads at once. */
typedef void (*shim_arm_fn)(struct shim_fault *fault);

/* Finds the preloaded library, or starts the program anew with it ($FAULT_SHIM names it). NULL when
 * that cannot be done; it has said why. Call first thing in main. */
shim_arm_fn shim_load(char **argv);
