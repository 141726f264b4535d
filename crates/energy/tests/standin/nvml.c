/* Stands in for NVIDIA's management library: GPU 0 counts energy (a known 120 W), GPU 1 shows only power (45 W).
   STANDIN_NVML_LOST: a file; while it exists, GPU 0 is lost. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int device[2];

static int lost(void *d) {
    const char *file = getenv("STANDIN_NVML_LOST");
    return d == &device[0] && file && access(file, F_OK) == 0;
}

int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned *n) { *n = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **d) { *d = &device[i]; return i < 2 ? 0 : 2; }
int nvmlDeviceGetUUID(void *d, char *text, unsigned length) {
    snprintf(text, length, "GPU-standin-%d", d == &device[1]);
    return 0;
}
int nvmlDeviceGetTotalEnergyConsumption(void *d, unsigned long long *mj) {
    struct timespec t;
    if (d == &device[1]) return 3;
    if (lost(d)) return 15;
    clock_gettime(CLOCK_MONOTONIC, &t);
    *mj = (unsigned long long)(120.0 * (t.tv_sec * 1e3 + t.tv_nsec * 1e-6));
    return 0;
}
int nvmlDeviceGetPowerUsage(void *d, unsigned *mw) {
    *mw = d == &device[1] ? 45000 : 120000;
    return 0;
}
