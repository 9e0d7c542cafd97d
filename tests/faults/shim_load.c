/* Starts the program anew with the shim before it. */
#include "tests/faults/shim.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

shim_arm_fn shim_load(char **argv)
{
    const char *shim = getenv("FAULT_SHIM");
    shim_arm_fn arm;
    *(void **)&arm = dlsym(RTLD_DEFAULT, "shim_arm");
    if (arm != NULL)
        return arm;
    if (shim == NULL || getenv("LD_PRELOAD") != NULL) {
        fputs("FAULT_SHIM must name the library to preload\n", stderr);
        return NULL;
    }
    setenv("LD_PRELOAD", shim, 1);
    execv("/proc/self/exe", argv);
    return NULL;
}
