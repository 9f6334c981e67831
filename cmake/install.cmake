# What `cmake --install` puts where: header, libraries, pkg-config and CMake package files, man pages
# and completions where they exist.

include(CMakePackageConfigHelpers)

install(FILES include/pith/pith.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pith)
install(TARGETS ${pith_libraries} EXPORT pith
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})

# Relative to the file itself: the tree can be installed below any prefix, and moved.
file(RELATIVE_PATH pith_pc_prefix
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/pith.pc.in pith.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pith.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(pith_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pith)
configure_package_config_file(cmake/pith-config.cmake.in pith-config.cmake
    INSTALL_DESTINATION ${pith_cmake_dir})
# Until 1.0 a minor version may change the interface.
write_basic_package_version_file(pith-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${PROJECT_BINARY_DIR}/pith-config.cmake ${PROJECT_BINARY_DIR}/pith-config-version.cmake
    DESTINATION ${pith_cmake_dir})
install(EXPORT pith NAMESPACE pith:: FILE pith-targets.cmake DESTINATION ${pith_cmake_dir})

file(GLOB pith_man_pages docs/man/*.1)
if(pith_man_pages)
    install(FILES ${pith_man_pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
