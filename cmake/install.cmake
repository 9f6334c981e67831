# What `cmake --install` puts where, in three components: `runtime` is what programs need that are
# linked with libpith.so, `devel` what it takes to build such programs, `command` the command with its
# man pages, completions and documents.

include(CMakePackageConfigHelpers)
set(PITH_ZSH_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING
    "Where zsh looks for completions; Debian's packages use share/zsh/vendor-completions")

# --- the library ---
install(FILES include/pith/pith.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pith COMPONENT devel)
install(TARGETS ${pith_libraries} EXPORT pith
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT devel
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT devel)

# Relative to the file itself: the tree can be installed below any prefix, and moved.
file(RELATIVE_PATH pith_pc_prefix
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/pith.pc.in pith.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pith.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT devel)

set(pith_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pith)
configure_package_config_file(cmake/pith-config.cmake.in pith-config.cmake
    INSTALL_DESTINATION ${pith_cmake_dir})
# Until 1.0 a minor version may change the interface.
write_basic_package_version_file(pith-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${PROJECT_BINARY_DIR}/pith-config.cmake ${PROJECT_BINARY_DIR}/pith-config-version.cmake
    DESTINATION ${pith_cmake_dir} COMPONENT devel)
install(EXPORT pith NAMESPACE pith:: FILE pith-targets.cmake
    DESTINATION ${pith_cmake_dir} COMPONENT devel)

# --- the command and what goes with it ---
if(NOT TARGET pith_command)
    return()
endif()
install(TARGETS pith_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT command)

function(pith_install_command_files folder)
    install(FILES ${ARGN} DESTINATION ${folder} COMPONENT command)
endfunction()
set(pith_bash_dir ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

# Names under which the command unpacks.  Both man(1) and bash look for a file of the name.
set(aliases ${PROJECT_BINARY_DIR}/aliases)
file(MAKE_DIRECTORY ${aliases}/bin ${aliases}/bash)
foreach(name unpith pithcat)
    file(CREATE_LINK pith ${aliases}/bin/${name} SYMBOLIC)
    pith_install_command_files(${CMAKE_INSTALL_BINDIR} ${aliases}/bin/${name})
    file(CREATE_LINK pith ${aliases}/bash/${name} SYMBOLIC)
    pith_install_command_files(${pith_bash_dir} ${aliases}/bash/${name})
    file(CONFIGURE OUTPUT ${aliases}/${name}.1 CONTENT ".so man1/pith.1\n")
    pith_install_command_files(${CMAKE_INSTALL_MANDIR}/man1 ${aliases}/${name}.1)
endforeach()

pith_install_command_files(${CMAKE_INSTALL_MANDIR}/man1 docs/man/pith.1)
pith_install_command_files(${CMAKE_INSTALL_MANDIR}/man5 docs/man/pith-format.5)
install(FILES completions/pith.bash RENAME pith DESTINATION ${pith_bash_dir} COMPONENT command)
pith_install_command_files(${PITH_ZSH_DIR} completions/_pith)
pith_install_command_files(${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
    completions/pith.fish)
pith_install_command_files(${CMAKE_INSTALL_DATADIR}/pith docs/magic/pith.magic)
pith_install_command_files(${CMAKE_INSTALL_DOCDIR} README.md)
pith_install_command_files(${CMAKE_INSTALL_DOCDIR}/docs
    docs/format.md docs/bytes.md docs/json.md docs/benchmarks.md docs/scowl.txt)
