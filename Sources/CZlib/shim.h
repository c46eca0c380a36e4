// The system's zlib; on Debian its header comes with zlib1g-dev.
#include <zlib.h>
