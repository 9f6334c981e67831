/* See builtin_data.h.  The assembler takes the file in as it is: megabytes as C numbers would be five times
 * as long, in the repository and for the compiler. */
#include "prior/builtin_data.h"

#ifndef PITH_BUILTIN_FILE
#define PITH_BUILTIN_FILE "src/prior/builtin.priors" /* compiled from the root folder */
#endif

#define TEXT_OF(x) #x
#define TEXT(x)    TEXT_OF(x)
#define NAME(name) TEXT(__USER_LABEL_PREFIX__) name

#if defined(__APPLE__)
#define SECTION ".const_data\n"
#define HIDDEN  ".private_extern "
#elif defined(_WIN32)
#define SECTION ".section .rdata,\"dr\"\n"
#define HIDDEN  "# "
#else
#define SECTION ".section .rodata\n"
#define HIDDEN  ".hidden "
#endif

/* clang-format off */
__asm__(SECTION
        ".globl " NAME("pith_builtin_data") "\n"
        ".globl " NAME("pith_builtin_data_end") "\n"
        HIDDEN NAME("pith_builtin_data") "\n"
        HIDDEN NAME("pith_builtin_data_end") "\n"
        ".balign 16\n"
        NAME("pith_builtin_data") ":\n"
        ".incbin \"" PITH_BUILTIN_FILE "\"\n"
        NAME("pith_builtin_data_end") ":\n"
        ".byte 0\n"
        ".text\n");
/* clang-format on */
