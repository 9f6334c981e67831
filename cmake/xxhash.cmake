# Target pith_xxhash: the checksums (XXH3), from the system's libxxhash or, with PITH_XXHASH_INLINE,
# from its header alone, which needs no library for the target machine.

add_library(pith_xxhash INTERFACE)
if(PITH_XXHASH_INLINE)
    # The header is portable C; it is copied so that a cross compiler sees it without the build
    # machine's other headers.
    find_file(PITH_XXHASH_HEADER xxhash.h PATHS /usr/include /usr/local/include
              REQUIRED NO_CMAKE_FIND_ROOT_PATH)
    configure_file(${PITH_XXHASH_HEADER} ${PROJECT_BINARY_DIR}/xxhash/xxhash.h COPYONLY)
    target_include_directories(pith_xxhash SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/xxhash)
    target_compile_definitions(pith_xxhash INTERFACE XXH_INLINE_ALL)
else()
    find_package(PkgConfig REQUIRED)
    pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
    target_link_libraries(pith_xxhash INTERFACE PkgConfig::XXHASH)
endif()
