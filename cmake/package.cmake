# Debian packages by CPack, one for each component of cmake/install.cmake: pith, libpith0 and
# libpith-dev.  `make deb` builds with the preset `deb`, which has Debian's folders.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pith)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL command runtime devel)
# Adds what Debian wants in every package, and compresses it.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian/prepare.cmake)
set(CPACK_PITH_SOURCE_DIR ${PROJECT_SOURCE_DIR})

# The newest entry of the changelog says the packages' revision, maintainer and time.
file(READ cmake/debian/changelog changelog)
if(NOT changelog MATCHES "^pith \\(${PROJECT_VERSION}-([0-9]+)\\)")
    message(FATAL_ERROR "cmake/debian/changelog does not begin with version ${PROJECT_VERSION}")
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE ${CMAKE_MATCH_1})
string(REGEX MATCH "\n -- ([^\n]*>)" signature "${changelog}")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${CMAKE_MATCH_1})

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(version "${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")

set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME pith)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION utils)
set(CPACK_COMPONENT_COMMAND_DESCRIPTION
"compression by prediction, the command
pith packs files to be small. Models that learn while they read predict
every bit of the input, and only the surprise is stored. It takes longer
than gzip, xz or zstd in both directions, gives the same archive on every
machine and with any number of threads, and restores the same bytes or says
that it cannot.")

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libpith${PROJECT_VERSION_MAJOR})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/cmake/debian/triggers)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
"compression by prediction, the shared library
libpith packs and restores data in memory and in streams. Programs that are
linked with it need this package.")

set(CPACK_DEBIAN_DEVEL_PACKAGE_NAME libpith-dev)
set(CPACK_DEBIAN_DEVEL_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVEL_PACKAGE_DEPENDS
    "${CPACK_DEBIAN_RUNTIME_PACKAGE_NAME} (= ${version}), libxxhash-dev")
set(CPACK_COMPONENT_DEVEL_DESCRIPTION
"compression by prediction, for building programs
The header, the static library, and what pkg-config and CMake need to build
programs that use libpith.")

include(CPack)
