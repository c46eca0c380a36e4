#include "CSentenceKernels.h"
void sk_placeholder(void) {}
