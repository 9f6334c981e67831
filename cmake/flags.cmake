# Compiler flags of everything in the tree, as the interface target pith_flags, and
# pith_select_isa(), which gives files named for an instruction set its flags.
#
# The floating-point flags are part of the format: without them gcc fuses multiply-add even through
# intrinsics, and an archive would decode differently on the next machine.  See docs/design.md, Determinism.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Assertions cost nothing where they are compiled out: release has none, every other build has them.
set(CMAKE_C_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")

# Float arithmetic must carry no more than float.  "standard" holds gcc to that everywhere but on s390,
# where it makes it compute in double (glibc's float_t is double there) and "fast" does what is wanted.
set(pith_precision standard)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^s390")
    set(pith_precision fast)
endif()

add_library(pith_flags INTERFACE)
target_compile_options(pith_flags INTERFACE
    -ffp-contract=off -fno-fast-math
    $<$<C_COMPILER_ID:GNU>:-fexcess-precision=${pith_precision}>
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes
    # Tables of text are longer than the 4095 characters that ISO C promises; no compiler minds.
    -Wno-overlength-strings
    # The same binaries wherever they are built, with debug information too.  Other builds keep the
    # paths by which debuggers find the sources.
    $<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>
    $<$<BOOL:${PITH_WERROR}>:-Werror>)
# Files past 2 GiB on 32-bit machines.
target_compile_definitions(pith_flags INTERFACE _FILE_OFFSET_BITS=64)

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(i.86|x86)$")
    # x87 rounds twice; SSE2 rounds as every other machine does.
    target_compile_options(pith_flags INTERFACE -msse2 -mfpmath=sse)
endif()

if(PITH_SANITIZE)
    target_compile_options(pith_flags INTERFACE
        -fsanitize=${PITH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(pith_flags INTERFACE -fsanitize=${PITH_SANITIZE})
endif()

if(PITH_FUZZ)
    target_compile_definitions(pith_flags INTERFACE FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
endif()

if(PITH_COVERAGE)
    target_compile_options(pith_flags INTERFACE --coverage -fprofile-update=atomic)
    target_link_options(pith_flags INTERFACE --coverage)
endif()

# pith_do_not_count(LIST_NAME PATTERN): the files of the list that match run at full speed, uncounted.
function(pith_do_not_count list_name pattern)
    foreach(file IN LISTS ${list_name})
        if(file MATCHES "${pattern}")
            set_property(SOURCE ${file} APPEND PROPERTY
                COMPILE_OPTIONS -O2 -fno-profile-arcs -fno-test-coverage)
        endif()
    endforeach()
endfunction()

# pith_select_isa(LIST_NAME): leaves out of the list the files that this machine cannot compile and
# gives the others the flags of the instruction set that ends their name.
function(pith_select_isa list_name)
    set(kept)
    set(x86_64 FALSE)
    set(aarch64 FALSE)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
        set(x86_64 TRUE)
    elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
        set(aarch64 TRUE)
    endif()
    foreach(file IN LISTS ${list_name})
        if(file MATCHES "_avx2\\.c$")
            if(NOT x86_64)
                continue()
            endif()
            set_source_files_properties(${file} PROPERTIES COMPILE_OPTIONS "-mavx2")
        elseif(file MATCHES "_avx512\\.c$")
            if(NOT x86_64)
                continue()
            endif()
            set_source_files_properties(${file} PROPERTIES
                COMPILE_OPTIONS "-mavx512f;-mavx512bw;-mavx512vl")
        elseif(file MATCHES "_neon\\.c$" AND NOT aarch64)
            continue()
        endif()
        list(APPEND kept ${file})
    endforeach()
    set(${list_name} ${kept} PARENT_SCOPE)
endfunction()
